// A step of the model on the CPU: the arithmetic of openmimo/model, one call for all layers.
// Called by openmimo/engine/native/network.py, which says what the structures hold. Weights are
// read where torch has them. Shapes: N tokens of a step, D hidden, F inner, H heads, K key-value
// heads, h head dimension, V vocabulary.
#include <map>
#include <memory>
#include <new>
#include "attention.h"
#include "choose.h"
#include "product.h"
#include "team.h"

struct Layer {
    const void* before;
    Matrix q, k, v, o;
    const void* after;
    Matrix gate, up, down;
};

struct Ahead {  // an MTP layer
    const void *token_norm, *hidden_norm;
    Matrix input;
    Layer layer;
    const void* norm;
};

struct Net {
    int32_t layers, hidden, inner, heads, kv_heads, head_dim, threads;
    float eps;
    const void* embedding;
    const void* norm;
    Matrix head;
    const Layer* blocks;
    const float *cosines, *sines;  // (positions, h / 2)
};

struct Step {
    int32_t tokens, block, blocks_a_request;
    int64_t layer_size;         // numbers of a layer's keys
    const int32_t* positions;   // N
    const int32_t* places;      // N, in the cache
    const int32_t* requests;    // N, whose row of the table
    const int32_t* table;       // requests * blocks_a_request
    void *keys, *values;
};

constexpr int COLUMNS = 32, ROWS = 64;  // outputs of one chunk of a product
constexpr int TOKENS = 4;               // tokens of one chunk of everything else

inline int pieces(int count, int size) { return (count + size - 1) / size; }

// Numbers that begin at a cache line: a load across two costs two. New ones are 0, and those there are lost when it grows.
template <class T>
class Room {
  public:
    T* of(size_t count) {
        if (count > size) {
            numbers.reset(new (std::align_val_t(LINE)) T[count]());
            size = count;
        }
        return numbers.get();
    }
    T* get() const { return numbers.get(); }

  private:
    struct Free {
        void operator()(T* numbers) const { operator delete[](numbers, std::align_val_t(LINE)); }
    };
    std::unique_ptr<T[], Free> numbers;
    size_t size = 0;
};

Team& team_of(int threads) {
    static std::map<int, Team*> teams;  // never freed: its threads may outlive main
    Team*& team = teams[threads];
    if (!team) team = new Team(threads);
    return *team;
}

std::mutex one_at_a_time;

template <class T>
class Network {
  public:
    explicit Network(const Net& net) : net(net), team(team_of(net.threads)), own(net.threads) {}

    void trunk(const Step& step, const int64_t* ids, T* out) {
        Awake awake(team);
        float* x = stream.of(size_t(step.tokens) * net.hidden);
        const T* rows = static_cast<const T*>(net.embedding);
        for (int n = 0; n < step.tokens; n++) copy(rows + ids[n] * net.hidden, x + size_t(n) * net.hidden, net.hidden);
        for (int layer = 0; layer < net.layers; layer++) block(net.blocks[layer], step, layer);
        copy(x, out, size_t(step.tokens) * net.hidden);
    }

    void ahead(const Ahead& mtp, const Step& step, int cached, const T* hidden, const int64_t* later, T* out) {
        Awake awake(team);
        const int d = net.hidden, wide = padded(2 * d);
        float* x = stream.of(size_t(step.tokens) * d);
        T* both = joined.of(size_t(step.tokens) * wide);
        team.run(step.tokens, [&](int n, int thread) {
            float* row = own[thread].rows.of(d);
            copy(hidden + size_t(n) * d, row, d);
            norm(row, mtp.hidden_norm, both + size_t(n) * wide);
            copy(static_cast<const T*>(net.embedding) + later[n] * d, row, d);
            if (step.positions[n] == 0) memset(row, 0, d * sizeof(float));
            norm(row, mtp.token_norm, both + size_t(n) * wide + d);
        });
        product(mtp.input, both, wide, step.tokens, [&](int m, int n, auto value) { store(x + size_t(m) * d + n, value); });
        block(mtp.layer, step, cached);
        team.run(pieces(step.tokens, TOKENS), [&](int chunk, int) {
            for (int n = chunk * TOKENS; n < std::min((chunk + 1) * TOKENS, step.tokens); n++)
                norm(x + size_t(n) * d, mtp.norm, out + size_t(n) * d);
        });
    }

    void logits(const T* hidden, int rows, bool normed, float* out) {
        Awake awake(team);
        const int d = net.hidden, wide = padded(d);
        T* x = normal.of(size_t(rows) * wide);
        team.run(pieces(rows, TOKENS), [&](int chunk, int thread) {
            float* row = own[thread].rows.of(d);
            for (int n = chunk * TOKENS; n < std::min((chunk + 1) * TOKENS, rows); n++) {
                copy(hidden + size_t(n) * d, row, d);
                if (normed) copy(row, x + size_t(n) * wide, d);
                else norm(row, net.norm, x + size_t(n) * wide);
            }
        });
        const int v = net.head.rows;
        product(net.head, x, wide, rows, [&](int m, int n, auto value) { store(out + size_t(m) * v + n, value); });
    }

    void choose(const float* logits, const float* biased, int rows, const Wish* wishes, int64_t* ids, float* logprobs) {
        Awake awake(team);
        const int v = net.head.rows;
        team.run(rows, [&](int m, int thread) {
            const float* row = logits + size_t(m) * v;
            ids[m] = chosen(biased + size_t(m) * v, v, wishes[m], own[thread].scores.of(v), own[thread].kept);
            logprobs[m] = row[ids[m]] - log_sum(row, v, most_of(row, v));
        });
    }

  private:
    struct Awake {
        explicit Awake(Team& team) : hold(one_at_a_time), team(team) { team.begin(); }
        ~Awake() { team.end(); }
        std::lock_guard<std::mutex> hold;
        Team& team;
    };
    struct Own {  // scratch of a thread
        Room<T> unpacked;
        Room<float> scores, rows, gates;
        std::vector<int> kept;
    };

    const Net net;
    Team& team;
    std::vector<Own> own;
    Room<float> stream, projected;
    Room<T> normal, asking, attended, active, joined;  // rows padded with zeros that nobody writes to

    template <class A, class B>
    static void copy(const A* from, B* to, size_t count) {
        size_t i = 0;
        for (; i + LANES <= count; i += LANES) write(to + i, read(from + i));
        if (i < count) write_some(to + i, read_some(from + i, int(count - i)), int(count - i));
    }

    void norm(const float* x, const void* weight, T* out) const {
        const int d = net.hidden;
        Floats squares = {};
        for (int i = 0; i < d; i += LANES) {
            Floats part = read_some(x + i, d - i);
            squares += part * part;
        }
        const float scale = 1.0f / std::sqrt(sum(squares) / d + net.eps);
        const T* by = static_cast<const T*>(weight);
        for (int i = 0; i < d; i += LANES)
            write_some(out + i, read_some(by + i, d - i) * rounded(read_some(x + i, d - i) * scale, out), d - i);
    }

    void norms(const void* weight, int tokens) {
        const float* x = stream.get();
        T* out = normal.of(size_t(tokens) * padded(net.hidden));
        team.run(pieces(tokens, TOKENS), [&](int chunk, int) {
            for (int n = chunk * TOKENS; n < std::min((chunk + 1) * TOKENS, tokens); n++)
                norm(x + size_t(n) * net.hidden, weight, out + size_t(n) * padded(net.hidden));
        });
    }

    // put(m, n, value) for every output of the matrices, which stand side by side.
    template <class Put>
    void product(std::initializer_list<const Matrix*> matrices, const T* x, int stride, int rows, const Put& put) {
        int columns = 0;
        for (const Matrix* matrix : matrices) columns += pieces(matrix->rows, COLUMNS);
        const int bands = pieces(rows, ROWS);
        team.run(columns * bands, [&](int chunk, int thread) {
            int column = chunk / bands, first = 0;
            const Matrix* matrix = nullptr;
            for (const Matrix* next : matrices) {
                matrix = next;
                if (column < pieces(next->rows, COLUMNS)) break;
                column -= pieces(next->rows, COLUMNS);
                first += next->rows;
            }
            const int n0 = column * COLUMNS, m0 = chunk % bands * ROWS;
            T* unpacked = own[thread].unpacked.of(size_t(COLUMNS) * matrix->cols);
            multiply(
                *matrix, n0, std::min(n0 + COLUMNS, matrix->rows), x, stride, m0, std::min(m0 + ROWS, rows), unpacked,
                [&](int m, int n, auto value) { put(m, first + n, value); }
            );
        });
    }
    template <class Put>
    void product(const Matrix& matrix, const T* x, int stride, int rows, const Put& put) {
        product({&matrix}, x, stride, rows, put);
    }

    void block(const Layer& layer, const Step& step, int cached) {
        const int tokens = step.tokens, d = net.hidden, queries = layer.q.rows, width = layer.k.rows;
        float* x = stream.get();
        auto add = [&](int m, int n, auto value) {
            float* at = x + size_t(m) * d + n;
            store(at, load<decltype(value)>(at) + value);
        };

        norms(layer.before, tokens);
        const int all = queries + 2 * width;
        float* qkv = projected.of(size_t(tokens) * all);
        product({&layer.q, &layer.k, &layer.v}, normal.get(), padded(d), tokens, [&](int m, int n, auto value) {
            store(qkv + size_t(m) * all + n, value);
        });
        attention(step, cached, qkv, all, queries, width);
        product(layer.o, attended.get(), padded(queries), tokens, add);

        norms(layer.after, tokens);
        swiglu(layer, tokens);
        product(layer.down, active.get(), padded(net.inner), tokens, add);
    }

    void attention(const Step& step, int cached, float* qkv, int all, int queries, int width) {
        const int tokens = step.tokens, h = net.head_dim, shared = net.heads / net.kv_heads;
        T* keys = static_cast<T*>(step.keys) + cached * step.layer_size;
        T* values = static_cast<T*>(step.values) + cached * step.layer_size;
        T* turned = asking.of(size_t(tokens) * net.heads * padded(h));
        team.run(pieces(tokens, TOKENS), [&](int chunk, int) {
            for (int n = chunk * TOKENS; n < std::min((chunk + 1) * TOKENS, tokens); n++) {
                float* row = qkv + size_t(n) * all;
                for (int head = 0; head < net.heads; head++)
                    turn(row + head * h, step.positions[n], turned + (size_t(n) * net.heads + head) * padded(h));
                for (int head = 0; head < net.kv_heads; head++)
                    turn(row + queries + head * h, step.positions[n], keys + size_t(step.places[n]) * width + head * h);
                copy(row + queries + width, values + size_t(step.places[n]) * width, width);
            }
        });
        T* out = attended.of(size_t(tokens) * padded(queries));
        team.run(tokens * net.kv_heads, [&](int chunk, int thread) {
            const int n = tokens - 1 - chunk / net.kv_heads, head = chunk % net.kv_heads;  // the longest first
            const int seen = step.positions[n] + 1;
            const int32_t* table = step.table + size_t(step.requests[n]) * step.blocks_a_request;
            Own& mine = own[thread];
            float* scores = mine.scores.of(size_t(shared) * (seen + LANES));
            float* got = mine.gates.of(size_t(shared) * h);
            attend<T>(
                turned + (size_t(n) * net.heads + head * shared) * padded(h), {keys, table, step.block, width, head * h},
                {values, table, step.block, width, head * h}, shared, h, seen, scores, mine.unpacked.of(size_t(LANES) * h), got
            );
            copy(got, out + size_t(n) * padded(queries) + size_t(head) * shared * h, size_t(shared) * h);
        });
    }

    // The two halves of a head as one rotation (the Qwen2 convention).
    void turn(const float* head, int position, T* out) const {
        const int half = net.head_dim / 2;
        const float* cosines = net.cosines + size_t(position) * half;
        const float* sines = net.sines + size_t(position) * half;
        for (int i = 0; i < half; i += LANES) {
            const int count = half - i;
            Floats low = read_some(head + i, count), high = read_some(head + half + i, count);
            Floats cosine = read_some(cosines + i, count), sine = read_some(sines + i, count);
            write_some(out + i, low * cosine - high * sine, count);
            write_some(out + half + i, high * cosine + low * sine, count);
        }
    }

    void swiglu(const Layer& layer, int tokens) {
        const int wide = padded(net.inner), d = padded(net.hidden), bands = pieces(tokens, ROWS);
        T* out = active.of(size_t(tokens) * wide);
        team.run(pieces(net.inner, COLUMNS) * bands, [&](int chunk, int thread) {
            const int n0 = chunk / bands * COLUMNS, n1 = std::min(n0 + COLUMNS, net.inner);
            const int m0 = chunk % bands * ROWS, m1 = std::min(m0 + ROWS, tokens);
            T* unpacked = own[thread].unpacked.of(size_t(COLUMNS) * layer.gate.cols);
            float* gates = own[thread].gates.of(2 * ROWS * COLUMNS);
            float* ups = gates + ROWS * COLUMNS;
            multiply(layer.gate, n0, n1, normal.get(), d, m0, m1, unpacked, [&](int m, int n, auto value) {
                store(gates + (m - m0) * COLUMNS + n - n0, value);
            });
            multiply(layer.up, n0, n1, normal.get(), d, m0, m1, unpacked, [&](int m, int n, auto value) {
                store(ups + (m - m0) * COLUMNS + n - n0, value);
            });
            for (int m = m0; m < m1; m++)
                for (int n = n0; n < n1; n += LANES) {
                    Floats gate = load<Floats>(gates + (m - m0) * COLUMNS + n - n0);
                    Floats up = load<Floats>(ups + (m - m0) * COLUMNS + n - n0);
                    write_some(out + size_t(m) * wide + n, gate / (1.0f + exponential(-gate)) * up, n1 - n);
                }
        });
    }
};

#define EXPORT extern "C" __attribute__((visibility("default")))
#define OF_TYPE(name, T)                                                                                                      \
    EXPORT void* open_##name(const Net* net) { return new Network<T>(*net); }                                                 \
    EXPORT void close_##name(void* network) { delete static_cast<Network<T>*>(network); }                                     \
    EXPORT void trunk_##name(void* network, const Step* step, const int64_t* ids, void* out) {                                \
        static_cast<Network<T>*>(network)->trunk(*step, ids, static_cast<T*>(out));                                           \
    }                                                                                                                         \
    EXPORT void ahead_##name(                                                                                                 \
        void* network, const Ahead* mtp, const Step* step, int cached, const void* hidden, const int64_t* later, void* out    \
    ) {                                                                                                                       \
        static_cast<Network<T>*>(network)->ahead(*mtp, *step, cached, static_cast<const T*>(hidden), later, static_cast<T*>(out)); \
    }                                                                                                                         \
    EXPORT void logits_##name(void* network, const void* hidden, int rows, int normed, float* out) {                          \
        static_cast<Network<T>*>(network)->logits(static_cast<const T*>(hidden), rows, normed, out);                          \
    }                                                                                                                         \
    EXPORT void choose_##name(                                                                                                \
        void* network, const float* logits, const float* biased, int rows, const Wish* wishes, int64_t* ids, float* logprobs  \
    ) {                                                                                                                       \
        static_cast<Network<T>*>(network)->choose(logits, biased, rows, wishes, ids, logprobs);                               \
    }
OF_TYPE(fp32, float)
OF_TYPE(bf16, Bf16)
