// SPDX-License-Identifier: BSD-3-Clause
// Ending work early because the user asked for it (Ctrl-C). Whoever begins work opens a StopScope; whatever takes long
// calls check_stop() often enough that a request is heard within a fraction of a second. Like FlushToZero the scope belongs
// to a thread; ThreadPool opens it in its workers.
#pragma once

#include "base/diagnostics.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

namespace bouton::base {

/// Thrown by check_stop(). Work that has something to keep catches it and keeps it. Status 1.
class Stopped : public Error {
public:
    Stopped() : Error("stopped", 1) {}
};

/// Where a request is made.
class Stop {
public:
    Stop() = default;
    /// `look` is called about twenty times a second, by the thread that made this object, whenever that thread asks. It may
    /// call request(): Python's signals are seen only if the thread looks for them. It must not throw.
    explicit Stop(std::function<void()> look) : look_(std::move(look)) {}
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    /// Any thread, and any signal handler.
    void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
    /// Returns whether there was a request before.
    bool request_again() noexcept { return requested_.exchange(true, std::memory_order_relaxed); }
    /// Forgets the request.
    void clear() noexcept { requested_.store(false, std::memory_order_relaxed); }

    /// Costs a load, and for the thread that made this object a look at the clock if there is a `look`.
    bool is_requested() const {
        if (look_ && std::this_thread::get_id() == owner_) look_if_due();
        return requested_.load(std::memory_order_relaxed);
    }

private:
    void look_if_due() const;

    std::atomic<bool> requested_{false};
    static_assert(std::atomic<bool>::is_always_lock_free);
    std::function<void()> look_;
    std::thread::id owner_ = std::this_thread::get_id();
    mutable std::chrono::steady_clock::time_point next_look_{};
};

/// While it lives, this thread's work listens to `stop`, or to nothing if that is null.
class StopScope {
public:
    explicit StopScope(const Stop* stop);
    ~StopScope();
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

private:
    const Stop* before_;
};

/// What this thread's work listens to; may be null. To be handed to threads that help with the work.
const Stop* current_stop();

/// Whether the work of this thread should end.
bool stop_requested();

/// Throws Stopped if so.
void check_stop();

/// While it lives, this thread's work ends only where it is asked here: for work in steps that are done whole or not at all.
class WholeSteps {
public:
    bool stop_requested() const { return stop_ != nullptr && stop_->is_requested(); }
    void check_stop() const {
        if (stop_requested()) throw Stopped();
    }

private:
    const Stop* stop_ = current_stop();
    StopScope none_{nullptr};
};

/// Lets a loop of short turns ask once in so many of them.
class StopCheck {
public:
    explicit StopCheck(unsigned every) : every_(every), left_(every) {}
    void turn() {
        if (--left_ > 0) return;
        left_ = every_;
        check_stop();
    }

private:
    unsigned every_;
    unsigned left_;
};

}  // namespace bouton::base
