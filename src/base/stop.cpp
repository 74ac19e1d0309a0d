// SPDX-License-Identifier: BSD-3-Clause
#include "base/stop.hpp"

namespace bouton::base {
namespace {

constexpr std::chrono::milliseconds kLookEvery{50};

thread_local const Stop* t_current = nullptr;

}  // namespace

void Stop::look_if_due() const {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_) return;
    look_();
    next_look_ = std::chrono::steady_clock::now() + kLookEvery;
}

StopScope::StopScope(const Stop* stop) : before_(t_current) { t_current = stop; }

StopScope::~StopScope() { t_current = before_; }

const Stop* current_stop() { return t_current; }

bool stop_requested() { return t_current != nullptr && t_current->is_requested(); }

void check_stop() {
    if (stop_requested()) throw Stopped();
}

}  // namespace bouton::base
