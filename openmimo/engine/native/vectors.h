// Sixteen floats at once, in whatever registers the processor has, and bf16 numbers as two bytes.
// GCC's and Clang's vector extensions: the same source is AVX-512, AVX2 or NEON. Read product.h next.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__AVX512BW__)
#include <immintrin.h>
#endif

typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));
typedef uint16_t Halves __attribute__((vector_size(32)));
typedef int8_t Bytes __attribute__((vector_size(16)));
typedef float Four __attribute__((vector_size(16)));

constexpr int LANES = 16;

struct Bf16 {
    uint16_t bits;
};

template <class V>
inline V load(const void* from) {
    V value;
    memcpy(&value, from, sizeof value);
    return value;
}

template <class V>
inline void store(void* to, V value) {
    memcpy(to, &value, sizeof value);
}

// Where there is one instruction for these it is named: GCC 12 finds it only for some of them.
#if defined(__AVX512BW__)
inline Floats widened(Bytes numbers) { return (Floats)_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32((__m128i)numbers)); }
inline Floats widened(Halves bits) { return (Floats)_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)bits), 16); }
#else
inline Floats widened(Bytes numbers) {
    typedef int16_t Shorts __attribute__((vector_size(32)));
    return __builtin_convertvector(__builtin_convertvector(__builtin_convertvector(numbers, Shorts), Ints), Floats);
}
inline Floats widened(Halves bits) { return (Floats)(__builtin_convertvector(bits, Words) << 16); }
#endif

// To the nearest, ties to even, as torch rounds.
#if defined(__AVX512BF16__)
inline Halves narrowed(Floats value) { return (Halves)_mm512_cvtneps_pbh((__m512)value); }
#else
inline Halves narrowed(Floats value) {
    Words bits = (Words)value;
    return __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, Halves);
}
#endif

// Sixteen numbers of type T as floats, and back.
inline Floats read(const float* from) { return load<Floats>(from); }
inline Floats read(const Bf16* from) { return widened(load<Halves>(from)); }
inline void write(float* to, Floats value) { store(to, value); }
inline void write(Bf16* to, Floats value) { store(to, narrowed(value)); }

// The first `count` of sixteen, the others 0.
template <class T>
inline Floats read_some(const T* from, int count) {
    if (count >= LANES) return read(from);
    T some[LANES] = {};
    memcpy(some, from, count * sizeof(T));
    return read(some);
}

template <class T>
inline void write_some(T* to, Floats value, int count) {
    if (count >= LANES) return write(to, value);
    T some[LANES];
    write(some, value);
    memcpy(to, some, count * sizeof(T));
}

inline float read_one(const float* from) { return *from; }
inline float read_one(const Bf16* from) {
    uint32_t bits = uint32_t(from->bits) << 16;
    return load<float>(&bits);
}

// What a float becomes on its way through type T.
inline Floats rounded(Floats value, const float*) { return value; }
inline Floats rounded(Floats value, const Bf16*) { return widened(narrowed(value)); }

// The lanes added up, always in this order: in each four the even and the odd ones, then the fours likewise.
inline float sum(Floats v) {
    float fours[4];
    for (int i = 0; i < 4; i++) fours[i] = (v[4 * i] + v[4 * i + 2]) + (v[4 * i + 1] + v[4 * i + 3]);
    return (fours[0] + fours[2]) + (fours[1] + fours[3]);
}

// The sums of sixteen vectors, each added in the very order of `sum`: a transposition on the way.
__attribute__((always_inline)) inline Floats sums(const Floats* v) {
    Floats a[8], b[4], c[2];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        a[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +
               __builtin_shufflevector(v[2 * i], v[2 * i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        b[i] = __builtin_shufflevector(a[2 * i], a[2 * i + 1], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
               __builtin_shufflevector(a[2 * i], a[2 * i + 1], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++)
        c[i] = __builtin_shufflevector(b[2 * i], b[2 * i + 1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
               __builtin_shufflevector(b[2 * i], b[2 * i + 1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    return __builtin_shufflevector(c[0], c[1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
           __builtin_shufflevector(c[0], c[1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

inline Floats larger(Floats a, Floats b) { return a > b ? a : b; }

// e to the x with an error of a few units in the last place; 0 below -87.
inline Floats exponential(Floats x) {
    const Floats none = {};
    const Floats lowest = none - 87.0f, highest = none + 88.0f;
    Floats clamped = x < highest ? larger(x, lowest) : highest;
    Floats shifted = clamped * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: the fraction is rounded away
    Floats power = shifted - 12582912.0f;
    Floats rest = clamped - power * 0.693359375f + power * 2.12194440e-4f;
    Floats series = none + 1.0f / 5040;
    series = series * rest + 1.0f / 720;
    series = series * rest + 1.0f / 120;
    series = series * rest + 1.0f / 24;
    series = series * rest + 1.0f / 6;
    series = series * rest + 0.5f;
    series = series * rest + 1.0f;
    series = series * rest + 1.0f;
    Floats scaled = (Floats)((Ints)series + (__builtin_convertvector(power, Ints) << 23));
    return x < lowest ? none : scaled;
}
