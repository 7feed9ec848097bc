// The next token from a row of logits: what openmimo/engine/sample.py says, with the same draws, in one pass or few.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>
#include "vectors.h"

struct Wish {  // as Sampling, and the position of the token to draw
    float temperature, top_p, min_p;
    int32_t top_k;  // 0: all
    int64_t seed, position;
};

inline uint64_t mixed(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdull;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ull;
    return x ^ (x >> 33);
}

constexpr float LARGEST_SHARE = 1.0f - 0x1p-24f;

// Shares u of which -log(1 - u) are the waiting times of the tokens from `first` on.
inline Floats draws(uint32_t key, int first) {
    const Words lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Words bits = key ^ ((lanes + uint32_t(first)) * 0x9e3779b9u);
    bits ^= bits >> 16;
    bits *= 0x85ebca6bu;
    bits ^= bits >> 13;
    bits *= 0xc2b2ae35u;
    bits ^= bits >> 16;
    Floats share = (__builtin_convertvector((Ints)(bits & 0x7fffffffu), Floats) + 0.5f) * 0x1p-31f;
    const Floats largest = (Floats){} + LARGEST_SHARE;
    return share < largest ? share : largest;
}

inline float largest(Floats v) {
    float most = v[0];
    for (int i = 1; i < LANES; i++) most = v[i] > most ? v[i] : most;
    return most;
}

// A row of `count` numbers in sixteens; what is missing in the last is -infinity.
inline Floats part_of(const float* row, int at, int count) {
    if (at + LANES <= count) return load<Floats>(row + at);
    Floats some = read_some(row + at, count - at);
    for (int i = count - at; i < LANES; i++) some[i] = -INFINITY;
    return some;
}

inline float most_of(const float* row, int count) {
    Floats most = part_of(row, 0, count);
    for (int i = LANES; i < count; i += LANES) most = larger(most, part_of(row, i, count));
    return largest(most);
}

// Natural log of the sum of the exponentials of a row whose largest number is `most`.
inline float log_sum(const float* row, int count, float most) {
    Floats all = {};
    for (int i = 0; i < count; i += LANES) all += exponential(part_of(row, i, count) - most);
    return most + std::log(sum(all));
}

// The first place of the largest number.
inline int place_of(const float* row, int count, float most) {
    for (int i = 0; i < count; i++)
        if (row[i] == most) return i;
    return 0;
}

// Leave the shares that top_k, top_p and min_p keep, and make the others 0. Only those that may be kept are sorted.
inline void narrow(float* shares, int count, float all, float most, const Wish& wish, std::vector<int>& kept) {
    const bool counted = wish.top_k > 0 && wish.top_k < count;
    const int limit = counted ? wish.top_k : count;
    for (float cut = most * 0x1p-6f;; cut = cut > most * 0x1p-40f ? cut * 0x1p-6f : 0.0f) {
        kept.clear();
        float mass = 0;
        for (int i = 0; i < count; i += LANES) {
            if (largest(part_of(shares, i, count)) < cut) continue;
            for (int j = i; j < std::min(i + LANES, count); j++)
                if (shares[j] >= cut) kept.push_back(j), mass += shares[j];
        }
        if (cut == 0.0f || (counted ? int(kept.size()) >= limit : mass > wish.top_p * all)) break;
    }
    std::stable_sort(kept.begin(), kept.end(), [&](int a, int b) { return shares[a] > shares[b]; });
    if (int(kept.size()) > limit) kept.resize(limit);
    float total = all;
    if (counted) {
        total = 0;
        for (int token : kept) total += shares[token];
    }
    const float lowest = wish.min_p * most;
    float before = 0;
    size_t stay = 0;
    // A token stays if those before it do not yet reach top_p, so the likeliest always stays.
    while (stay < kept.size() && shares[kept[stay]] >= lowest && (wish.top_p >= 1.0f || before / total < wish.top_p))
        before += shares[kept[stay++]];
    kept.resize(stay);
    std::vector<float> values(stay);
    for (size_t i = 0; i < stay; i++) values[i] = shares[kept[i]];
    std::fill(shares, shares + count, 0.0f);
    for (size_t i = 0; i < stay; i++) shares[kept[i]] = values[i];
}

// The token with the least waiting time, share by share (sample.py): the largest share / -log(1 - u).
inline int soonest(const float* shares, int count, const Wish& wish) {
    const uint32_t key = uint32_t(mixed(mixed(uint64_t(wish.seed)) + uint64_t(wish.position)) >> 32);
    float best = 0;
    int token = 0;
    for (int i = 0; i < count; i += LANES) {
        Floats share = read_some(shares + i, count - i), u = draws(key, i);
        // -log(1 - u) is at least u, so most tokens are out without a logarithm.
        auto maybe = share > u * best;
        bool any = false;
        for (int j = 0; j < LANES; j++) any |= maybe[j] != 0;
        if (!any) continue;
        for (int j = 0; j < LANES && i + j < count; j++) {
            if (!maybe[j]) continue;
            const float ratio = share[j] / -std::log1p(-u[j]);
            if (ratio > best) best = ratio, token = i + j;
        }
    }
    return token;
}

// The token for one row; `biased` are its logits with bias and mask. `shares` has room for `count` numbers.
inline int chosen(const float* biased, int count, const Wish& wish, float* shares, std::vector<int>& kept) {
    const float most = most_of(biased, count);
    if (wish.temperature <= 0.0f) return place_of(biased, count, most);
    const float warm = wish.temperature;
    Floats all = {};
    Floats top = {};
    for (int i = 0; i < count; i += LANES) {
        Floats share = exponential((part_of(biased, i, count) - most) / warm);
        all += share;
        top = larger(top, share);
        write_some(shares + i, share, count - i);
    }
    const float total = sum(all);
    if (wish.top_k > 0 || wish.top_p < 1.0f) {
        narrow(shares, count, total, largest(top), wish, kept);
    } else if (wish.min_p > 0.0f) {
        const float lowest = wish.min_p * largest(top);
        for (int i = 0; i < count; i++)
            if (shares[i] < lowest) shares[i] = 0.0f;
    }
    return soonest(shares, count, wish);
}
