// SPDX-License-Identifier: BSD-3-Clause
#include "state/deferred_events.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace bouton::state {

using codegen::Stored;

namespace {

/// Of BN_EVENTS events each. A target with more events than these hold makes all synapses meet theirs.
constexpr std::int64_t kBlocks = 16;

}  // namespace

DeferredEvents::DeferredEvents(codegen::Precision precision, const codegen::DeferredPlan& plan,
                               std::int64_t targets, std::size_t parts)
    : waiting_(static_cast<std::size_t>(targets)),
      most_(parts),
      none_(plan.fall ? std::numeric_limits<double>::infinity() : -1.0) {
    view_.targets = padded(targets);
    view_.blocks = kBlocks;
    values_ = StateArray(Stored::real, precision, kBlocks * view_.targets * plan.fields * BN_EVENTS, none_);
    view_.values = values_.data();
    for (std::uint32_t f = 0; f < plan.fields; ++f)
        fields_.emplace_back(codegen::Name::of(codegen::Role::event_field, static_cast<int>(f)),
                             StateArray(Stored::real, precision, targets));
}

bool DeferredEvents::has_room(std::span<const std::uint32_t> targets) const {
    return std::all_of(targets.begin(), targets.end(),
                       [this](std::uint32_t j) { return waiting_[j] < kBlocks * BN_EVENTS; });
}

bool DeferredEvents::has_room(std::int64_t events) const {
    return std::all_of(most_.begin(), most_.end(),
                       [events](const Most& most) { return most.waiting + events <= kBlocks * BN_EVENTS; });
}

void DeferredEvents::keep(std::span<const std::uint32_t> targets, std::size_t part) {
    std::uint8_t& most = most_[part].waiting;
    values_.visit([&](auto* values) {
        using Real = std::remove_reference_t<decltype(*values)>;
        const auto count = static_cast<std::int64_t>(fields_.size());
        for (const std::uint32_t j : targets) {
            const std::int64_t blocks = waiting_[j] / BN_EVENTS + 1;  // what is older has been met
            for (std::int64_t f = 0; f < count; ++f) {
                Real next = static_cast<const Real*>(fields_[static_cast<std::size_t>(f)].second.data())[j];
                for (std::int64_t b = 0; b < std::min(blocks, kBlocks); ++b) {
                    Real* events = values + ((b * view_.targets + j) * count + f) * BN_EVENTS;
                    const Real oldest = events[BN_EVENTS - 1];
                    std::copy_backward(events, events + BN_EVENTS - 1, events + BN_EVENTS);
                    events[0] = next;
                    next = oldest;
                }
            }
            most = std::max(most, ++waiting_[j]);
        }
    });
}

void DeferredEvents::flushed() {
    std::fill(waiting_.begin(), waiting_.end(), std::uint8_t{0});
    std::fill(most_.begin(), most_.end(), Most{});
}

void DeferredEvents::begin_epoch() {
    values_.fill(none_);
    flushed();
}

std::size_t DeferredEvents::bytes_of(codegen::Precision precision, const codegen::DeferredPlan& plan,
                                     std::int64_t targets) {
    const std::int64_t values = kBlocks * padded(targets) * plan.fields * BN_EVENTS;
    return StateArray::bytes_of(Stored::real, precision, values) +
           plan.fields * StateArray::bytes_of(Stored::real, precision, targets) +
           static_cast<std::size_t>(targets) * (sizeof(std::uint8_t) + sizeof(std::int64_t));
}

std::size_t DeferredEvents::bytes() const {
    std::size_t sum = values_.bytes() + waiting_.size();
    for (const auto& [name, values] : fields_) sum += values.bytes();
    return sum;
}

void DeferredEvents::archive(base::Archive& archive, std::span<const std::int64_t> bounds) {
    auto& [values, fields, waiting, most, none, view] = *this;  // all there is
    archive.piece("waiting events");
    values.archive(archive);
    archive.same(waiting.size(), "the number of targets");
    archive.bytes(waiting.data(), waiting.size());
    if (!archive.reads()) return;
    view.values = values.data();
    for (std::size_t p = 0; p < most.size(); ++p) {
        most[p].waiting = 0;
        for (std::int64_t j = bounds[p]; j < bounds[p + 1]; ++j)
            most[p].waiting = std::max(most[p].waiting, waiting[static_cast<std::size_t>(j)]);
    }
}

}  // namespace bouton::state
