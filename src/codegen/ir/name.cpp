// SPDX-License-Identifier: BSD-3-Clause
#include "codegen/ir/name.hpp"

#include <utility>

namespace bouton::codegen {
namespace {

const char* text_of(Role role) {
    switch (role) {
        case Role::none: return "none";
        case Role::user: return "user";
        case Role::constant: return "constant";
        case Role::active: return "active";
        case Role::lastspike: return "lastspike";
        case Role::spikes: return "spikes";
        case Role::rate_too_high: return "rate_too_high";
        case Role::refractory_steps: return "refractory_steps";
        case Role::multiplicity: return "multiplicity";
        case Role::dendritic_steps: return "dendritic_steps";
        case Role::updated_at: return "updated_at";
        case Role::source_updated_at: return "source_updated_at";
        case Role::counted_from: return "counted_from";
        case Role::processed_until: return "processed_until";
        case Role::trace_at_origin: return "trace_at_origin";
        case Role::origin: return "origin";
        case Role::kept_local: return "kept_local";
        case Role::sum: return "sum";
        case Role::propagator: return "propagator";
        case Role::coefficient: return "coefficient";
        case Role::out: return "out";
        case Role::ring: return "ring";
        case Role::due: return "due";
        case Role::event_field: return "event_field";
        case Role::ring_rows: return "ring_rows";
        case Role::ring_stride: return "ring_stride";
        case Role::fall: return "fall";
        case Role::rise: return "rise";
        case Role::rate: return "rate";
    }
    return "?";
}

const char* text_of(System system) {
    switch (system) {
        case System::neurons: return "neurons";
        case System::sources: return "sources";
        case System::targets: return "targets";
        case System::events: return "events";
        case System::clock: return "clock";
    }
    return "?";
}

bool is_numbered(Role role) {
    return role == Role::kept_local || role == Role::sum || role == Role::event_field;
}

/// "P_0_1", "Q_2_0_frozen"
std::string text_of(const MatrixEntry& entry) {
    std::string text = std::string(entry.of_q ? "Q_" : "P_") + std::to_string(entry.row) + "_" +
                       std::to_string(entry.column);
    if (entry.frozen) text += "_frozen";
    if (entry.power >= 0) text += "_power_" + std::to_string(entry.power);
    return text;
}

}  // namespace

Name Name::user(std::string word) { return Name(Role::user, std::move(word), {}); }
Name Name::constant(std::string word) { return Name(Role::constant, std::move(word), {}); }
Name Name::of(Role role, int number) { return with(role, {}, number); }
Name Name::propagator(const MatrixEntry& entry) { return Name(Role::propagator, {}, entry); }

Name Name::with(Role role, std::string word, int number) {
    MatrixEntry entry;
    entry.row = number;
    return Name(role, std::move(word), entry);
}

Name Name::coefficient(int row, int column) {
    MatrixEntry entry;
    entry.row = row;
    entry.column = column;
    return Name(Role::coefficient, {}, entry);
}

Name Name::in(const std::string& group) const {
    Name name = *this;
    name.group_ = group;
    return name;
}

std::string Name::to_string() const {
    const std::string group = group_.empty() ? std::string() : group_ + ".";
    if (role_ == Role::user || role_ == Role::constant) return group + word_;
    std::string text = "@" + group;
    if (role_ == Role::propagator) return text + text_of(entry_.of) + "." + text_of(entry_);
    text += text_of(role_);
    if (role_ == Role::coefficient)
        text += "." + std::to_string(entry_.row) + "_" + std::to_string(entry_.column);
    if (is_numbered(role_)) text += "." + std::to_string(entry_.row);
    return word_.empty() ? text : text + "." + word_;
}

}  // namespace bouton::codegen
