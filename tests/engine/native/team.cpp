// Thousands of jobs of all sizes, back to back and after sleeps: every chunk is done once, by the job it belongs to.
// Run by test_team.py; exits with 1 if a chunk was lost, done twice or done for another job.
#include <cstdlib>
#include "../../../openmimo/engine/native/team.h"

int main() {
    for (int threads : {1, 2, 5}) {
        Team& team = *new Team(threads);
        unsigned seed = 1;
        for (int step = 0; step < 2000; step++) {
            team.begin();
            for (int number = 1; number <= 30; number++) {
                seed = seed * 1664525 + 1013904223;
                const int chunks = seed >> 27;
                std::atomic<int> done[32] = {};
                team.run(chunks, [&](int chunk, int thread) { done[chunk] += thread < threads ? number : 1000; });
                for (int chunk = 0; chunk < 32; chunk++)
                    if (done[chunk] != (chunk < chunks ? number : 0)) _Exit(1);
            }
            team.end();
            if (step % 200 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    _Exit(0);  // the threads sleep for ever
}
