// SPDX-License-Identifier: BSD-3-Clause
// Workers spin for some microseconds after a loop, because the next one usually follows at once, and sleep then.
#include "base/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace bouton::base {
namespace {

constexpr int kSpins = 20000;

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

struct ThreadPool::Crew {
    using Work = std::function<void(std::size_t, std::size_t)>;

    std::vector<std::thread> workers;
    std::atomic<std::size_t> round{0};  ///< counts loops; a change wakes the workers
    std::atomic<std::size_t> busy{0};   ///< workers that have not finished this round
    std::atomic<std::size_t> next{0};   ///< the next task
    std::size_t tasks = 0;
    const Work* work = nullptr;  ///< null: leave
    std::exception_ptr failure;
    std::mutex failure_lock;

    void take_tasks(std::size_t thread) {
        try {
            for (std::size_t task = next.fetch_add(1); task < tasks; task = next.fetch_add(1))
                (*work)(task, thread);
        } catch (...) {
            next.store(tasks);
            const std::lock_guard lock(failure_lock);
            if (!failure) failure = std::current_exception();
        }
    }

    void serve(std::size_t thread) {
        std::size_t seen = 0;
        while (true) {
            await_change(round, seen);
            ++seen;
            const bool leave = work == nullptr;
            if (!leave) take_tasks(thread);
            busy.fetch_sub(1, std::memory_order_acq_rel);
            busy.notify_one();
            if (leave) return;
        }
    }

    void start_round(const Work* what, std::size_t how_many) {
        work = what;
        tasks = how_many;
        next.store(0);
        busy.store(workers.size());
        round.fetch_add(1, std::memory_order_acq_rel);
        round.notify_all();
    }

    void finish_round() {
        for (std::size_t left = busy.load(); left != 0; left = busy.load()) await_change(busy, left);
    }
};

ThreadPool::ThreadPool(std::size_t threads) : crew_(std::make_unique<Crew>()) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t t = 1; t < threads; ++t) {
        crew_->workers.emplace_back([crew = crew_.get(), t] { crew->serve(t); });
    }
}

ThreadPool::~ThreadPool() {
    crew_->start_round(nullptr, 0);
    for (auto& worker : crew_->workers) worker.join();
}

std::size_t ThreadPool::threads() const { return crew_->workers.size() + 1; }

void ThreadPool::run(std::size_t tasks, const std::function<void(std::size_t, std::size_t)>& work) {
    if (tasks == 0) return;
    if (tasks == 1 || crew_->workers.empty()) {
        for (std::size_t task = 0; task < tasks; ++task) work(task, 0);
        return;
    }
    crew_->start_round(&work, tasks);
    crew_->take_tasks(0);
    crew_->finish_round();
    if (crew_->failure) std::rethrow_exception(std::exchange(crew_->failure, nullptr));
}

}  // namespace bouton::base
