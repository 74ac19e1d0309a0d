// SPDX-License-Identifier: BSD-3-Clause
// The newest block of events of all synapses of a chunk lies side by side in buffers and goes through one vector loop, but for
// the oldest of the block, which few synapses have. These few meet it before, and what is older: the next block of so many of
// them as fill a vector, and beyond it one by one. Where an event costs much and few synapses of the chunk have any, these
// are met one by one.
#include "codegen/emit/event_text.hpp"

#include "codegen/emit/spelling.hpp"
#include "codegen/ir/traits.hpp"

namespace bouton::codegen {

EventText::EventText(const Kernel& kernel, const LoopPlan& plan, const OpText& ops, Lines& lines,
                     Notes& notes)
    : kernel_(kernel), plan_(plan), ops_(ops), lines_(lines), notes_(notes) {
    for (ValueId id = 0; id < kernel_.event_ops; ++id)
        if (is_effect(kernel_.ops[id].code)) changed_.insert(kernel_.ops[id].slot);
}

std::string EventText::type() const {
    return "bn::Events<real, " + std::to_string(kernel_.event_fields) +
           (kernel_.events_fall ? ", true>" : ", false>");
}

void EventText::declare() {
    const std::string fields = "[" + std::to_string(kernel_.event_fields) + "]";
    lines_.line("const " + type() + " events(*args->deferred);");
    if (plan_.events_cost_much) {
        lines_.line("alignas(64) real when[BN_ROW_CHUNK];");
        lines_.line("int32_t due[BN_ROW_CHUNK];");
    }
    lines_.line("alignas(64) real newest" + fields + "[BN_EVENTS][BN_ROW_CHUNK];");
    lines_.line("alignas(64) real older" + fields + "[BN_EVENTS][BN_FEW], oldest" + fields + "[BN_FEW];");
    lines_.line("int32_t more[BN_ROW_CHUNK];");
    lines_.line("uint32_t ends[BN_FEW];");
    for (const std::uint32_t slot : changed_)
        lines_.line("alignas(64) " + std::string(cpp_type(kernel_.arrays[slot].stored)) + " few_" +
                    ops_.kept_name(slot) + "[BN_FEW];");
}

void EventText::define() {
    lines_.line("const real processed_until = events.processed_until(at);");
    std::string variables;
    for (const std::uint32_t slot : changed_)
        variables += std::string(cpp_type(kernel_.arrays[slot].stored)) + "& " + ops_.kept_name(slot) + ", ";
    lines_.open("const auto event = [&](int64_t s, int64_t j, " + variables +
                "bool waits, const auto& field) __attribute__((always_inline))");
    notes_.begin();
    for (ValueId id = 0; id < kernel_.event_ops; ++id) {
        if (plan_.levels[id] != Level::event) continue;
        if (!is_effect(kernel_.ops[id].code) && !ops_.is_named(id)) continue;
        notes_.write(id, lines_);
        lines_.line(ops_.event_statement(id, changed_));
    }
    lines_.close(";");
}

/// The call for one event of synapse s; `field` is an expression of f.
std::string EventText::event(const std::string& waits, const std::string& field) const {
    std::string variables;
    for (const std::uint32_t slot : changed_) variables += ops_.kept_name(slot) + ", ";
    return "event(s, j, " + variables + waits + ", [&](int f) { return " + field + "; });";
}

/// A variable of the synapse: where it belongs, or side by side with those of a few others.
std::string EventText::in_memory(std::uint32_t slot, bool of_few) const {
    return of_few ? "few_" + ops_.kept_name(slot) + "[l]" : ops_.array_name(slot) + "[s]";
}

/// Variables stay in registers from the first event to the last.
void EventText::take_up(bool of_few) {
    for (const std::uint32_t slot : changed_)
        lines_.line(std::string(cpp_type(kernel_.arrays[slot].stored)) + " " + ops_.kept_name(slot) + " = " +
                    in_memory(slot, of_few) + ";");
}

void EventText::put_back(bool of_few) {
    for (const std::uint32_t slot : changed_)
        lines_.line(in_memory(slot, of_few) + " = " + ops_.kept_name(slot) + ";");
}

/// The events of synapse s from the age `last` on; it has at least so many.
void EventText::meet_older_one_by_one(const std::string& last, bool of_few) {
    take_up(of_few);
    lines_.line("for (int64_t age = events.pending(j, processed_until, " + last + ") - 1; age >= " + last +
                "; --age)");
    lines_.line("    " + event("true", "events.get(j, age, f)"));
    put_back(of_few);
}

// Whether an event of the newest block waits is hard to foretell: no branch depends on it, unless it costs much.
void EventText::meet_of_one() {
    lines_.line("const int64_t j = other[s];");
    if (plan_.events_cost_much) return meet_older_one_by_one("0", false);
    take_up(false);
    lines_.line("if (events.waits(events.get(j, BN_EVENTS - 1, 0), processed_until))");
    lines_.line(
        "    for (int64_t age = events.pending(j, processed_until, BN_EVENTS) - 1; age >= BN_EVENTS; --age)");
    lines_.line("        " + event("true", "events.get(j, age, f)"));
    lines_.line("BN_UNROLLED for (int age = BN_EVENTS - 1; age >= 0; --age)");
    lines_.line("    " +
                event("events.waits(events.get(j, age, 0), processed_until)", "events.get(j, age, f)"));
    put_back(false);
}

void EventText::meet() {
    if (!plan_.events_cost_much) return meet_all();
    lines_.line("events.take_newest(other + first, count, when);");
    lines_.line("const int64_t n_due = events.find_pending(when, count, processed_until, due);");
    lines_.open("if (4 * n_due < count)");
    lines_.open("for (int64_t l = 0; l < n_due; ++l)");
    lines_.line("const int64_t s = first + due[l];");
    lines_.line("const int64_t j = other[s];");
    meet_older_one_by_one("0", false);
    lines_.close();
    lines_.close();
    lines_.open("else");
    meet_all();
    lines_.close();
}

void EventText::meet_all() {
    lines_.open("if (count < BN_FEW)");
    lines_.open("for (int64_t s = first; s < first + count; ++s)");
    meet_of_one();
    lines_.close();
    lines_.close();
    lines_.open("else");
    lines_.line("events.take(other + first, count, newest);");
    meet_more();
    const std::string end = looks_at_targets() ? "count" : "whole";
    if (!looks_at_targets()) keep_what_follows();
    lines_.line("BN_INDEPENDENT");
    lines_.open("for (int64_t l = 0; l < " + end + "; ++l)");
    lines_.line("const int64_t s = first + l;");
    lines_.line("const int64_t j = other[s];");
    take_up(false);
    lines_.line("BN_UNROLLED for (int age = BN_EVENTS - 2; age >= 0; --age)");
    lines_.line("    " + event("events.waits(newest[0][age][l], processed_until)", "newest[f][age][l]"));
    put_back(false);
    lines_.close();
    if (!looks_at_targets())
        for (const std::uint32_t slot : changed_) lines_.line(copied(slot, behind(slot), follows(slot)));
    lines_.close();
}

bool EventText::looks_at_targets() const {
    for (ValueId id = 0; id < kernel_.event_ops; ++id) {
        const Op& op = kernel_.ops[id];
        if (plan_.levels[id] != Level::event) continue;
        if (op.code == OpCode::load && kernel_.arrays[op.slot].index == Index::target) return true;
        for (int k = 0; k < op.argument_count; ++k) {
            const Op& used = kernel_.ops[op.arguments[static_cast<std::size_t>(k)]];
            if (used.code == OpCode::index_of && used.index == Index::target) return true;
        }
    }
    return false;
}

std::string EventText::follows(std::uint32_t slot) const { return "follows_" + ops_.kept_name(slot); }
std::string EventText::behind(std::uint32_t slot) const { return ops_.array_name(slot) + " + first + count"; }
std::string EventText::copied(std::uint32_t slot, const std::string& to, const std::string& from) const {
    return "__builtin_memcpy(" + to + ", " + from + ", sizeof " + follows(slot) + ");";
}

/// The chunk is met in whole vectors: synapses behind it take part and have their values back then.
void EventText::keep_what_follows() {
    lines_.line("const int64_t whole = (count + BN_LANES - 1) & -BN_LANES;");
    for (const std::uint32_t slot : changed_) {
        lines_.line(std::string(cpp_type(kernel_.arrays[slot].stored)) + " " + follows(slot) + "[BN_LANES];");
        lines_.line(copied(slot, follows(slot), behind(slot)));
    }
}

void EventText::meet_more() {
    lines_.line(
        "const int64_t n_more = events.find_pending(newest[0][BN_EVENTS - 1], count, processed_until, "
        "more);");
    lines_.line(
        "// The last one stands for those that a whole few lacks: it meets the same events each time.");
    lines_.line("for (int64_t m = n_more; m % BN_FEW != 0; ++m) more[m] = more[n_more - 1];");
    lines_.open("for (int64_t m = 0; m < n_more; m += BN_FEW)");
    lines_.line("const int32_t* const few = more + m;");
    lines_.open("for (int l = 0; l < BN_FEW; ++l)");
    lines_.line("const int64_t s = first + few[l];");
    lines_.line("ends[l] = other[s];");
    for (const std::uint32_t slot : changed_)
        lines_.line(in_memory(slot, true) + " = " + in_memory(slot, false) + ";");
    for (std::uint32_t f = 0; f < kernel_.event_fields; ++f) {
        const std::string field = "[" + std::to_string(f) + "]";
        lines_.line("oldest" + field + "[l] = newest" + field + "[BN_EVENTS - 1][few[l]];");
    }
    lines_.close();
    lines_.line("events.take_older(ends, older);");
    lines_.open(
        "for (uint32_t bits = events.waiting(older[0][BN_EVENTS - 1], processed_until); bits != 0; bits &= "
        "bits - 1)");
    lines_.line("const int l = __builtin_ctz(bits);");
    lines_.line("const int64_t s = first + few[l];");
    lines_.line("const int64_t j = ends[l];");
    meet_older_one_by_one("2 * BN_EVENTS", true);
    lines_.close();
    lines_.line("BN_INDEPENDENT");
    lines_.open("for (int l = 0; l < BN_FEW; ++l)");
    lines_.line("const int64_t s = first + few[l];");
    lines_.line("const int64_t j = ends[l];");
    take_up(true);
    lines_.line("BN_UNROLLED for (int age = BN_EVENTS - 1; age >= 0; --age)");
    lines_.line("    " + event("events.waits(older[0][age][l], processed_until)", "older[f][age][l]"));
    lines_.line(event("true", "oldest[f][l]"));
    put_back(true);
    lines_.close();
    lines_.open("for (int l = 0; l < BN_FEW; ++l)");
    lines_.line("const int64_t s = first + few[l];");
    for (const std::uint32_t slot : changed_)
        lines_.line(in_memory(slot, false) + " = " + in_memory(slot, true) + ";");
    lines_.close();
    lines_.close();
}

}  // namespace bouton::codegen
