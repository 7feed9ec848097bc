// Matrix products with weights as torch stores them, one row for each output: nothing is repacked.
// Sixteen partial sums run along a row and are added at its end, always in the same order, so an
// output is the same bits whatever else is computed beside it. Read network.cpp next.
#pragma once
#include "vectors.h"

// A linear layer. With `scale` its weights are 8-bit, times the scale of their row.
struct Matrix {
    const void* weight;
    const float* scale;
    const void* bias;
    int32_t rows, cols;
};

template <class T>
struct Packet;  // what a multiplication takes at once; 8-bit weights become T, exactly

template <>
struct Packet<float> {
    using Vector = Floats;
    static constexpr int width = 16;
    static Vector weights(const float* from) { return load<Vector>(from); }
    static Vector weights(const int8_t* from) { return widened(load<Bytes>(from)); }
    static Floats multiplied(Floats sum, Vector x, Vector w) { return sum + x * w; }
};

template <>
struct Packet<Bf16> {
    using Vector = Words;  // pairs of bf16
    static constexpr int width = 32;
    static Vector weights(const Bf16* from) { return load<Vector>(from); }
    static Vector weights(const int8_t* from) {
        Floats low = widened(load<Bytes>(from));
        Floats high = widened(load<Bytes>(from + LANES));
#if defined(__AVX512BF16__)
        return (Vector)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
#else
        Halves both[2] = {narrowed(low), narrowed(high)};
        return load<Vector>(both);
#endif
    }
    static Floats multiplied(Floats sum, Vector x, Vector w) {
#if defined(__AVX512BF16__)
        return (Floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)w);
#else
        const Words high = (Words){} + 0xffff0000u;
        sum += (Floats)(x << 16) * (Floats)(w << 16);
        return sum + (Floats)(x & high) * (Floats)(w & high);
#endif
    }
};

inline int padded(int count) { return (count + 31) / 32 * 32; }

constexpr int HIGH = 4;   // rows of x in one tile
constexpr int LINE = 64;  // bytes of a cache line
constexpr int NEAR = 20 << 10;  // bytes of weights that may stay in the nearest cache
// Outputs of a tile in a row, so that sixteen sums are under way.
constexpr int wide(int high) { return high == 1 ? 16 : high == 2 ? 8 : 4; }

// outputs[m * N + n] of `M` rows of x and `N` rows of w. Rows of x are padded with zeros, those of w are not.
// On the way `lines` cache lines from `next` on are fetched at every stride.
template <class T, class W, int M, int N>
inline void tile(const T* x, int x_stride, const W* w, int cols, float* outputs, const char* next, int lines) {
    using P = Packet<T>;
    using V = typename P::Vector;
    Floats partial[LANES] = {};
    auto add = [&](const T* x_part, const W* w_part, size_t w_stride) {
        V xs[M];
#pragma GCC unroll 4
        for (int m = 0; m < M; m++) xs[m] = load<V>(x_part + m * x_stride);
#pragma GCC unroll 16
        for (int n = 0; n < N; n++) {
            V ws = P::weights(w_part + n * w_stride);
#pragma GCC unroll 4
            for (int m = 0; m < M; m++) partial[m * N + n] = P::multiplied(partial[m * N + n], xs[m], ws);
        }
    };
    int k = 0;
    for (; k + P::width <= cols; k += P::width) {
        add(x + k, w + k, cols);
        for (int i = 0; i < lines; i++, next += LINE) __builtin_prefetch(next, 0, 2);
    }
    if (k < cols) {
        W rest[N * P::width] = {};
        for (int n = 0; n < N; n++) memcpy(rest + n * P::width, w + size_t(n) * cols + k, (cols - k) * sizeof(W));
        add(x + k, rest, P::width);
    }
    if (N > 1) return store(outputs, sums(partial));
    for (int m = 0; m < M; m++) outputs[m] = sum(partial[m]);
}

template <class T, class W>
using Tile = void (*)(const T*, int, const W*, int, float*, const char*, int);

// The tile of 1 to 4 rows of x and 1, 4 or `wide` outputs in a row.
template <class T, class W>
inline Tile<T, W> tile_of(int high, int count) {
    static constexpr Tile<T, W> tiles[HIGH][3] = {
        {tile<T, W, 1, 1>, tile<T, W, 1, 4>, tile<T, W, 1, wide(1)>},
        {tile<T, W, 2, 1>, tile<T, W, 2, 4>, tile<T, W, 2, wide(2)>},
        {tile<T, W, 3, 1>, tile<T, W, 3, 4>, tile<T, W, 3, wide(3)>},
        {tile<T, W, 4, 1>, tile<T, W, 4, 4>, tile<T, W, 4, wide(4)>},
    };
    return tiles[high - 1][count == 1 ? 0 : count == 4 ? 1 : 2];
}

// put(m, n, value) for one row of x and outputs [n, n + count) of a tile: a scale and a bias, then four at once where there are four.
template <class T, class Put>
inline void put_row(const Matrix& a, int m, int n, const float* outputs, int count, const Put& put) {
    const T* bias = static_cast<const T*>(a.bias);
    for (int i = 0; i < count; i += 4) {
        if (count < 4) {
            float value = outputs[0];
            if (a.scale) value *= a.scale[n];
            if (bias) value += read_one(bias + n);
            put(m, n, value);
            return;
        }
        Four value = load<Four>(outputs + i);
        if (a.scale) value *= load<Four>(a.scale + n + i);
        if (bias) value += (Four){read_one(bias + n + i), read_one(bias + n + i + 1), read_one(bias + n + i + 2), read_one(bias + n + i + 3)};
        put(m, n + i, value);
    }
}

// put(m, n, value) for rows [m0, m1) of x and rows [n0, n1) of weights of type W; value is a float, or a Four from n on.
template <class T, class W, class Put>
inline void multiply_as(const Matrix& a, const W* w, int n0, int n1, const T* x, int x_stride, int m0, int m1, const Put& put) {
    const int tiled = wide(m1 - m0 < HIGH ? m1 - m0 : HIGH), bands = (m1 - m0 + HIGH - 1) / HIGH;
    const int strides = a.cols / Packet<T>::width;
    // As many rows of weights as the nearest cache holds stay there while all rows of x pass by once,
    // and the next ones are fetched meanwhile.
    int near = NEAR / int(a.cols * sizeof(W)) / tiled * tiled;
    if (near < tiled) near = tiled;
    const W* row_of = w - size_t(n0) * a.cols;
    for (int n = n0; n < n1; n += near) {
        const int end = n + near < n1 ? n + near : n1;
        const int tiles = bands * ((end - n) / tiled + (end - n) % tiled);
        const char* next = reinterpret_cast<const char*>(row_of + size_t(end) * a.cols);
        const int lines = strides ? int((end - n) * a.cols * sizeof(W) / LINE + tiles * strides - 1) / (tiles * strides) : 0;
        for (int m = m0; m < m1; m += HIGH) {
            const int high = m1 - m < HIGH ? m1 - m : HIGH;
            for (int j = n; j < end;) {
                const int count = j + tiled <= end ? tiled : 1;
                float outputs[LANES];
                tile_of<T, W>(high, count)(x + size_t(m) * x_stride, x_stride, row_of + size_t(j) * a.cols, a.cols, outputs, next, lines);
                for (int i = 0; i < high; i++) put_row<T>(a, m + i, j, outputs + i * count, count, put);
                next += size_t(lines) * strides * LINE;
                j += count;
            }
        }
    }
}

// The same for whichever weights a matrix has. Few rows multiply 8-bit weights as they come, more unpack them
// first into `unpacked`, which holds (n1 - n0) * cols numbers.
template <class T, class Put>
inline void multiply(const Matrix& a, int n0, int n1, const T* x, int x_stride, int m0, int m1, T* unpacked, const Put& put) {
    if (!a.scale) {
        const T* w = static_cast<const T*>(a.weight) + size_t(n0) * a.cols;
        return multiply_as<T, T>(a, w, n0, n1, x, x_stride, m0, m1, put);
    }
    const int8_t* w = static_cast<const int8_t*>(a.weight) + size_t(n0) * a.cols;
    if (m1 - m0 <= HIGH) return multiply_as<T, int8_t>(a, w, n0, n1, x, x_stride, m0, m1, put);
    const size_t count = size_t(n1 - n0) * a.cols;
    size_t i = 0;
    for (; i + Packet<T>::width <= count; i += Packet<T>::width) store(unpacked + i, Packet<T>::weights(w + i));
    if (i < count) {
        int8_t rest[Packet<T>::width] = {};
        T all[Packet<T>::width];
        memcpy(rest, w + i, count - i);
        store(all, Packet<T>::weights(rest));
        memcpy(unpacked + i, all, (count - i) * sizeof(T));
    }
    multiply_as<T, T>(a, unpacked, n0, n1, x, x_stride, m0, m1, put);
}
