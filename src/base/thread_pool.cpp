// SPDX-License-Identifier: BSD-3-Clause
// Workers spin for some microseconds after a loop, because the next one usually follows at once, and sleep then.
#include "base/thread_pool.hpp"

#include "base/cache_line.hpp"
#include "base/flush_to_zero.hpp"
#include "base/stop.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace bouton::base {
namespace {

constexpr int kSpins = 4000;

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

/// The same, while looking out for a request to stop: whoever has to look for it would not hear of it while asleep.
void await_change(const std::atomic<std::size_t>& value, std::size_t old, const Stop& stop) {
    using std::chrono::microseconds;
    for (int spin = 0; spin < kSpins; ++spin) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause();
    }
    for (microseconds nap{20}; value.load(std::memory_order_acquire) == old;
         nap = std::min(nap + nap / 8, microseconds{5000})) {
        static_cast<void>(stop.is_requested());
        std::this_thread::sleep_for(nap);
    }
}

}  // namespace

// Tasks are claimed by the number of the round, each thread its own ones first, so that what a task works on stays in the
// cache of one processor, and then those that others have not come to. `rounds` is odd while a round is being prepared; who
// finds the same even number before and after reading what the round is about has read of one round. All tasks of a round
// that is over are claimed by it or by a later one; so a worker that wakes late finds nothing to do, and nobody waits for it.
struct ThreadPool::Crew {
    using Work = std::function<void(std::size_t, std::size_t)>;

    struct alignas(kCacheLineBytes) Claim {
        std::atomic<std::size_t> round{0};  ///< the last one in which somebody took the task
    };

    // What many threads write lies apart, so that one line of the cache moves at a time.
    alignas(kCacheLineBytes) std::atomic<std::size_t> rounds{0};
    std::atomic<const Work*> work{nullptr};
    std::atomic<std::size_t> tasks{0};
    std::atomic<Claim*> claims{nullptr};
    std::atomic<const Stop*> stop{nullptr};  ///< what the work listens to
    std::atomic<bool> leave{false};
    std::size_t crew_size = 1;
    alignas(kCacheLineBytes) std::atomic<std::size_t> done{0};  ///< tasks of this round that are finished
    alignas(kCacheLineBytes) std::vector<std::thread> workers;
    std::vector<std::vector<Claim>>
        all_claims;  ///< the last is in use; a worker that wakes late may look at others
    std::exception_ptr failure;
    std::mutex failure_lock;

    void take_tasks(std::size_t round, std::size_t thread) {
        const std::size_t count = tasks.load(std::memory_order_acquire);
        const Work* what = work.load(std::memory_order_acquire);
        const Stop* listens_to = stop.load(std::memory_order_acquire);
        Claim* claim = claims.load(std::memory_order_acquire);
        if (round % 2 != 0 || rounds.load(std::memory_order_acquire) != round) return;
        const StopScope scope(listens_to);
        const auto take = [&](std::size_t task) {
            std::size_t last = claim[task].round.load(std::memory_order_relaxed);
            if (last < round &&
                claim[task].round.compare_exchange_strong(last, round, std::memory_order_acq_rel))
                do_task(*what, task, thread, count);
        };
        for (std::size_t task = thread; task < count; task += crew_size) take(task);
        for (std::size_t task = 0; task < count; ++task) take(task);
    }

    void do_task(const Work& what, std::size_t task, std::size_t thread, std::size_t count) {
        try {
            check_stop();
            what(task, thread);
        } catch (...) {
            const std::lock_guard lock(failure_lock);
            if (!failure) failure = std::current_exception();
        }
        if (done.fetch_add(1, std::memory_order_acq_rel) + 1 == count) done.notify_one();
    }

    void serve(std::size_t thread) {
        const FlushToZero flush;
        std::size_t seen = 0;
        while (!leave.load(std::memory_order_acquire)) {
            await_change(rounds, seen);
            seen = rounds.load(std::memory_order_acquire);
            take_tasks(seen, thread);
        }
    }

    /// Returns its number.
    std::size_t open_round(const Work& what, std::size_t count) {
        rounds.fetch_add(1, std::memory_order_acq_rel);
        if (all_claims.empty() || all_claims.back().size() < count)
            claims.store(all_claims.emplace_back(2 * count).data(), std::memory_order_release);
        work.store(&what, std::memory_order_release);
        stop.store(current_stop(), std::memory_order_release);
        tasks.store(count, std::memory_order_release);
        done.store(0, std::memory_order_release);
        return wake();
    }

    std::size_t wake() {
        const std::size_t round = rounds.fetch_add(1, std::memory_order_acq_rel) + 1;
        rounds.notify_all();
        return round;
    }

    void finish_round(std::size_t count) {
        for (std::size_t now = done.load(std::memory_order_acquire); now != count;
             now = done.load(std::memory_order_acquire)) {
            if (const Stop* listens_to = current_stop())
                await_change(done, now, *listens_to);
            else
                await_change(done, now);
        }
    }
};

namespace {

void run_one_by_one(std::size_t tasks, const std::function<void(std::size_t, std::size_t)>& work) {
    for (std::size_t task = 0; task < tasks; ++task) {
        check_stop();
        work(task, 0);
    }
}

}  // namespace

ThreadPool::ThreadPool(std::size_t threads) : crew_(std::make_unique<Crew>()) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    wanted_ = threads;
    try {
        for (std::size_t t = 1; t < threads; ++t)
            crew_->workers.emplace_back([crew = crew_.get(), t] { crew->serve(t); });
    } catch (const std::system_error&) {
        // Those that have started do the work; shortage() tells.
    } catch (const std::bad_alloc&) {
    }
    crew_->crew_size = crew_->workers.size() + 1;
}

ThreadPool::~ThreadPool() {
    crew_->leave.store(true, std::memory_order_release);
    crew_->wake();  // to an odd number: no round
    for (auto& worker : crew_->workers) worker.join();
}

std::size_t ThreadPool::threads() const { return crew_->workers.size() + 1; }

std::string ThreadPool::shortage() const {
    if (threads() >= wanted_) return {};
    return "only " + std::to_string(threads()) + " of " + std::to_string(wanted_) +
           " threads could be started: the system sets a limit to processes or memory";
}

std::size_t usable_threads(std::size_t wanted, const std::function<void(const std::string&)>& warn) {
    const std::size_t available = std::max(1U, std::thread::hardware_concurrency());
    if (wanted > available && warn)
        warn("threads " + std::to_string(wanted) + ": this machine runs " + std::to_string(available) +
             " at once");
    return std::min(wanted, available);
}

void ThreadPool::run(std::size_t tasks, const std::function<void(std::size_t, std::size_t)>& work) {
    if (tasks == 0) return;
    const FlushToZero flush;
    if (tasks == 1 || crew_->workers.empty()) return run_one_by_one(tasks, work);
    crew_->take_tasks(crew_->open_round(work, tasks), 0);
    crew_->finish_round(tasks);
    if (crew_->failure) std::rethrow_exception(std::exchange(crew_->failure, nullptr));
}

void run_tasks(ThreadPool* pool, std::size_t tasks,
               const std::function<void(std::size_t, std::size_t)>& work) {
    if (pool != nullptr) return pool->run(tasks, work);
    run_one_by_one(tasks, work);
}

}  // namespace bouton::base
