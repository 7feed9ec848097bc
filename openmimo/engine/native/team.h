// Threads that share the chunks of one job after another. Knows nothing of models.
// Within a step they spin, because a job takes microseconds; between steps they sleep.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

inline void breathe(int& rounds) {
    // Whoever shares the machine must get its turn, or the thread that is waited for may not.
    if (++rounds % 4096 == 0) return std::this_thread::yield();
#if defined(__x86_64__)
    _mm_pause();
#endif
}

constexpr int PATIENCE = 40000;  // rounds of looking for the next step before sleeping

class Team {
  public:
    explicit Team(int threads) : threads(threads) {
        for (int number = 1; number < threads; number++) std::thread([this, number] { work(number); }).detach();
    }

    const int threads;

    // Wake everybody for a step, and let them sleep after it.
    void begin() {
        if (threads == 1) return;
        {
            std::lock_guard<std::mutex> hold(door);
            open = true;
        }
        wake.notify_all();
    }
    void end() { open = false; }

    // Call job(chunk, thread) for every chunk; returns when all are done.
    template <class Job>
    void run(int chunks, const Job& job) {
        if (threads == 1 || chunks < 2) {
            for (int chunk = 0; chunk < chunks; chunk++) job(chunk, 0);
            return;
        }
        // A ticket is the number of the job and that of the next chunk. It is closed while the job is written down, so
        // that whoever takes a chunk by an open ticket has read the job that it belongs to.
        const uint64_t number = uint64_t(uint32_t((ticket.load() >> 32) + 1)) << 32;
        ticket = number | CLOSED;
        call = [](const void* what, int chunk, int thread) { (*static_cast<const Job*>(what))(chunk, thread); };
        context = &job;
        count = chunks;
        left = chunks;
        ticket = number;
        take(number, 0);
        for (int rounds = 0; left.load() > 0;) breathe(rounds);
    }

  private:
    std::mutex door;
    std::condition_variable wake;
    std::atomic<bool> open{false};
    std::atomic<uint64_t> ticket{0};
    std::atomic<void (*)(const void*, int, int)> call{nullptr};
    std::atomic<const void*> context{nullptr};
    std::atomic<int> count{0}, left{0};
    static constexpr uint64_t CLOSED = 0xffffffff;

    void take(uint64_t number, int thread) {
        for (;;) {
            uint64_t seen = ticket.load();
            if ((seen & ~CLOSED) != number || (seen & CLOSED) == CLOSED) return;
            auto called = call.load();
            const void* what = context.load();
            const int chunk = int(seen & CLOSED);
            if (chunk >= count.load()) return;
            if (!ticket.compare_exchange_weak(seen, seen + 1)) continue;
            called(what, chunk, thread);
            left.fetch_sub(1);
        }
    }

    void work(int thread) {
        for (uint64_t done = 0;;) {
            {
                // The next step often comes at once, and waking takes longer than a small one.
                for (int rounds = 0; !open.load() && rounds < PATIENCE;) breathe(rounds);
                std::unique_lock<std::mutex> hold(door);
                wake.wait(hold, [this] { return open.load(); });
            }
            for (int rounds = 0; open.load();) {
                const uint64_t seen = ticket.load(), number = seen & ~CLOSED;
                if (number == done || (seen & CLOSED) == CLOSED) {
                    breathe(rounds);
                    continue;
                }
                take(number, thread);
                done = number;
            }
        }
    }
};
