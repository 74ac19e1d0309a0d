// SPDX-License-Identifier: BSD-3-Clause
// Workers spin for some microseconds after a loop, because the next one usually follows at once, and sleep then.
#include "base/thread_pool.hpp"

#include "base/diagnostics.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace bouton::base {
namespace {

constexpr int kSpins = 4000;
constexpr std::size_t kLine = 128;  // two lines of the cache: processors fetch them in pairs

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Waits until `value` is no longer `old`.
void await_change(const std::atomic<std::size_t>& value, std::size_t old) {
    for (int spin = 0; spin < kSpins; ++spin) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause();
    }
    value.wait(old, std::memory_order_acquire);
}

}  // namespace

// A ticket is the round in its upper half and the next task in the lower one. A worker takes a task by moving the
// ticket from one task to the next, which fails if the round has changed since it read what the round is about: who reads
// what is released after the ticket was closed also sees it closed. So a worker that wakes late finds nothing to do, and
// nobody waits for it.
struct ThreadPool::Crew {
    using Work = std::function<void(std::size_t, std::size_t)>;
    static constexpr std::uint64_t kRound = std::uint64_t{1} << 32;
    static constexpr std::uint64_t kClosed = kRound - 1;  ///< no task is left

    // What many threads write lies apart, so that one line of the cache moves at a time.
    alignas(kLine) std::atomic<std::uint64_t> ticket{kClosed};
    alignas(kLine) std::atomic<std::size_t> done{0};  ///< tasks of this round that are finished
    alignas(kLine) std::atomic<const Work*> work{nullptr};
    std::atomic<std::size_t> tasks{0};
    std::atomic<std::size_t> rounds{0};  ///< changes when there is something new
    std::atomic<bool> leave{false};
    alignas(kLine) std::vector<std::thread> workers;
    std::exception_ptr failure;
    std::mutex failure_lock;

    void take_tasks(std::size_t thread) {
        std::uint64_t now = ticket.load(std::memory_order_acquire);
        while (true) {
            const std::uint64_t task = now % kRound;
            const std::size_t count = tasks.load(std::memory_order_acquire);
            const Work* what = work.load(std::memory_order_acquire);
            if (task >= count) return;
            if (!ticket.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) continue;
            ++now;
            try {
                (*what)(task, thread);
            } catch (...) {
                const std::lock_guard lock(failure_lock);
                if (!failure) failure = std::current_exception();
            }
            if (done.fetch_add(1, std::memory_order_acq_rel) + 1 == count) done.notify_one();
        }
    }

    void serve(std::size_t thread) {
        std::size_t seen = 0;
        while (!leave.load(std::memory_order_acquire)) {
            await_change(rounds, seen);
            seen = rounds.load(std::memory_order_acquire);
            take_tasks(thread);
        }
    }

    void open_round(const Work& what, std::size_t count) {
        const std::uint64_t round = ticket.load(std::memory_order_relaxed) / kRound + 1;
        // Closed before it is about something else.
        ticket.store(round * kRound + kClosed, std::memory_order_relaxed);
        work.store(&what, std::memory_order_release);
        tasks.store(count, std::memory_order_release);
        done.store(0, std::memory_order_relaxed);
        ticket.store((round + 1) * kRound, std::memory_order_release);
        wake();
    }

    void wake() {
        rounds.fetch_add(1, std::memory_order_acq_rel);
        rounds.notify_all();
    }

    void finish_round(std::size_t count) {
        for (std::size_t now = done.load(std::memory_order_acquire); now != count;
             now = done.load(std::memory_order_acquire)) {
            await_change(done, now);
        }
    }
};

ThreadPool::ThreadPool(std::size_t threads) : crew_(std::make_unique<Crew>()) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t t = 1; t < threads; ++t) {
        crew_->workers.emplace_back([crew = crew_.get(), t] { crew->serve(t); });
    }
}

ThreadPool::~ThreadPool() {
    crew_->leave.store(true, std::memory_order_release);
    crew_->wake();
    for (auto& worker : crew_->workers) worker.join();
}

std::size_t ThreadPool::threads() const { return crew_->workers.size() + 1; }

void ThreadPool::run(std::size_t tasks, const std::function<void(std::size_t, std::size_t)>& work) {
    if (tasks == 0) return;
    if (tasks == 1 || crew_->workers.empty()) {
        for (std::size_t task = 0; task < tasks; ++task) work(task, 0);
        return;
    }
    if (tasks >= Crew::kClosed) throw InternalError("more tasks than a round can count");
    crew_->open_round(work, tasks);
    crew_->take_tasks(0);
    crew_->finish_round(tasks);
    if (crew_->failure) std::rethrow_exception(std::exchange(crew_->failure, nullptr));
}

void run_tasks(ThreadPool* pool, std::size_t tasks,
               const std::function<void(std::size_t, std::size_t)>& work) {
    if (pool != nullptr) return pool->run(tasks, work);
    for (std::size_t task = 0; task < tasks; ++task) work(task, 0);
}

}  // namespace bouton::base
