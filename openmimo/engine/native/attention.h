// One query token and one key-value head over the cached tokens it sees, block by block, nothing gathered.
// Softmax in fp32, in the order of positions: the same bits wherever the blocks are.
#pragma once
#include <cmath>
#include "product.h"

// Where a request's keys or values are: `at(s)` is head `offset` of its token s.
template <class T>
struct Stored {
    const T* data;
    const int32_t* table;
    int size, width, offset;
    const T* at(int s) const { return data + (size_t(table[s / size]) * size + s % size) * width + offset; }
};

// The weighted values of up to four heads, 16 * D dimensions of each.
template <class T, int G, int D>
inline void add_values(const Stored<T>& values, const float* shares, int stride, int seen, int first, int count, float* out, int head_dim) {
    Floats total[G][D] = {};
    for (int s = 0; s < seen; s++) {
        const T* value = values.at(s) + first;
        Floats part[D];
        for (int d = 0; d < D; d++) part[d] = D == 1 ? read_some(value, count) : read(value + d * LANES);
        for (int g = 0; g < G; g++)
            for (int d = 0; d < D; d++) total[g][d] += shares[g * stride + s] * part[d];
    }
    for (int g = 0; g < G; g++)
        for (int d = 0; d < D; d++)
            write_some(out + g * head_dim + first + d * LANES, total[g][d], D == 1 ? count : LANES);
}

template <class T, int G>
inline void add_heads(const Stored<T>& values, const float* shares, int stride, int seen, float* out, int head_dim) {
    int first = 0;
    for (; first + 4 * LANES <= head_dim; first += 4 * LANES)
        add_values<T, G, 4>(values, shares, stride, seen, first, LANES, out, head_dim);
    for (; first < head_dim; first += LANES)
        add_values<T, G, 1>(values, shares, stride, seen, first, head_dim - first < LANES ? head_dim - first : LANES, out, head_dim);
}

// The products of one query with sixteen keys that lie `apart`. The query is padded with zeros, keys are not.
template <class T>
inline Floats scores_of(const T* query, const T* keys, size_t apart, int head_dim) {
    using P = Packet<T>;
    using V = typename P::Vector;
    Floats partial[LANES] = {};
    int d = 0;
    for (; d + P::width <= head_dim; d += P::width) {
        V part = load<V>(query + d);
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) partial[i] = P::multiplied(partial[i], part, load<V>(keys + i * apart + d));
    }
    if (d < head_dim) {
        V part = load<V>(query + d);
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            T rest[P::width] = {};
            memcpy(rest, keys + i * apart + d, (head_dim - d) * sizeof(T));
            partial[i] = P::multiplied(partial[i], part, load<V>(rest));
        }
    }
    return sums(partial);
}

// queries: `heads` rows of head_dim padded with zeros; out: `heads` rows of head_dim; scores: heads * (seen rounded up to 16);
// beside: 16 * head_dim.
template <class T>
inline void attend(
    const T* queries, const Stored<T>& keys, const Stored<T>& values, int heads, int head_dim, int seen, float* scores, T* beside, float* out
) {
    const int stride = (seen + LANES - 1) / LANES * LANES;
    const float scale = 1.0f / std::sqrt(float(head_dim));
    for (int s = 0; s < stride; s += LANES) {
        const int known = seen - s < LANES ? seen - s : LANES;
        const T* rows = keys.at(s);
        size_t apart = keys.width;
        if (keys.size % LANES) {
            // Sixteen keys may lie in several blocks: put them side by side.
            for (int i = 0; i < known; i++) memcpy(beside + i * head_dim, keys.at(s + i), head_dim * sizeof(T));
            rows = beside, apart = head_dim;
        }
        for (int g = 0; g < heads; g++) {
            Floats found = scores_of(queries + g * padded(head_dim), rows, apart, head_dim) * scale;
            for (int i = known; i < LANES; i++) found[i] = -INFINITY;
            store(scores + g * stride + s, found);
        }
    }
    for (int g = 0; g < heads; g++) {
        float* row = scores + g * stride;
        Floats most = load<Floats>(row), all = {};
        for (int s = LANES; s < stride; s += LANES) most = larger(most, load<Floats>(row + s));
        float highest = most[0];
        for (int i = 1; i < LANES; i++) highest = most[i] > highest ? most[i] : highest;
        for (int s = 0; s < stride; s += LANES) {
            Floats share = exponential(load<Floats>(row + s) - highest);
            all += share;
            store(row + s, share);
        }
        float inverse = 1.0f / sum(all);
        for (int s = 0; s < stride; s += LANES) store(row + s, load<Floats>(row + s) * inverse);
    }
    for (int g = 0; g < heads; g += 4) {
        const float* shares = scores + g * stride;
        float* to = out + g * head_dim;
        switch (heads - g) {
            case 1: add_heads<T, 1>(values, shares, stride, seen, to, head_dim); break;
            case 2: add_heads<T, 2>(values, shares, stride, seen, to, head_dim); break;
            case 3: add_heads<T, 3>(values, shares, stride, seen, to, head_dim); break;
            default: add_heads<T, 4>(values, shares, stride, seen, to, head_dim);
        }
    }
}
