// SPDX-License-Identifier: BSD-3-Clause
// A fixed crew of threads for many short parallel loops. Which thread does which task is left to chance: a task
// must write only what is its own, and then no result depends on the number of threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace bouton::base {

class ThreadPool {
public:
    /// `threads` in all, the caller's among them; 0 means as many as the machine runs at once. Takes those that start.
    explicit ThreadPool(std::size_t threads = 0);
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;
    ~ThreadPool();

    std::size_t threads() const;
    /// Says that fewer threads have started than were asked for; empty if that is not so.
    std::string shortage() const;

    /// Calls work(task, thread) once for each task in [0, tasks), thread < threads(), and returns when all are
    /// done. The first exception that a task throws is thrown again here. Not to be called from within a task. Subnormal
    /// numbers are zero in tasks (flush_to_zero.hpp), whichever thread does them. Tasks listen to what the caller listens to
    /// (stop.hpp): after a request no further one begins, and Stopped is thrown.
    void run(std::size_t tasks, const std::function<void(std::size_t task, std::size_t thread)>& work);

private:
    struct Crew;
    std::unique_ptr<Crew> crew_;
    std::size_t wanted_ = 1;
};

/// `wanted`, but no more than the machine runs at once: more would only wait for each other. `warn` hears of that.
std::size_t usable_threads(std::size_t wanted, const std::function<void(const std::string&)>& warn);

/// The same, one task after the other where there is no pool.
void run_tasks(ThreadPool* pool, std::size_t tasks,
               const std::function<void(std::size_t task, std::size_t thread)>& work);

}  // namespace bouton::base
