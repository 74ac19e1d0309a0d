// SPDX-License-Identifier: BSD-3-Clause
// Builds one kernel: terms in, operations out. Equal pure operations are made once; a variable is loaded once
// and kept in a value until it is stored. Types and precision are settled here, with explicit conversions.
#pragma once

#include "analysis/term.hpp"
#include "codegen/ir/ir.hpp"
#include "codegen/lower/integers.hpp"

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace bouton::codegen {

/// Where a variable of a term is found in the kernel being built.
struct Place {
    bool is_scalar = false;
    ArraySlot slot;
    /// Of a variable that is kept relative to an epoch (DecayPlan): the scalars of reading and of adding.
    std::optional<Name> fall{}, rise{};
};

/// The name of the variable that a term reads: the user's word, or what the words of the language mean (lastspike,
/// not_refractory, which nobody can declare).
Name variable_name(const analysis::Term& term);

/// What a kernel's terms mean: supplied by the group that is lowered.
struct Frame {
    std::function<Place(analysis::End, const Name&)> place;
    std::uint64_t stream = 0;       ///< seed of the random streams of this group
    bool multiplicity = false;      ///< synapses: repeated pairs exist, so streams need Role::multiplicity
    bool wide = false;              ///< everything is computed in double
    std::int64_t index_offset = 0;  ///< elements: taken off the index to count from the start of a slice
};

class Builder {
public:
    Builder(std::string name, Domain domain, Frame frame);

    Kernel& kernel() { return kernel_; }
    Kernel finish() {
        check_integers(kernel_);
        return std::move(kernel_);
    }

    ValueId lower(const analysis::TermPtr& term);
    ValueId lower_as(const analysis::TermPtr& term, Type type) { return convert(lower(term), type); }

    // Values, with conversions where they are needed.
    ValueId constant(double value, Type type);
    ValueId scalar(const Name& name);
    ValueId time() { return leaf(OpCode::time, Type::f64, !kernel_.own_steps); }
    ValueId step_size() { return leaf(OpCode::step_size, Type::f64, true); }
    ValueId step() { return leaf(OpCode::step, Type::integer, !kernel_.own_steps); }
    ValueId index(Index index);
    ValueId binary(OpCode code, ValueId a, ValueId b);
    ValueId negate(ValueId a);
    ValueId select(ValueId condition, ValueId then, ValueId otherwise);
    ValueId logical_not(ValueId a);
    ValueId call(analysis::Builtin function, std::vector<ValueId> arguments);
    ValueId bit(ValueId value, std::uint32_t which);
    ValueId convert(ValueId value, Type type);
    /// As the user asks for it: what does not fit is noted while running. Others stop at the ends of the range.
    ValueId to_int(ValueId value);
    ValueId normal(std::uint64_t stream);

    ValueId load(const ArraySlot& slot);
    ValueId load(const Place& place);
    void store(const ArraySlot& slot, ValueId value);
    void accumulate(const ArraySlot& slot, ValueId value);
    void accumulate_at(const ArraySlot& slot, ValueId index, ValueId value);
    void append(const ArraySlot& slot, ValueId condition);
    std::uint32_t slot_of(const ArraySlot& slot, bool written);

    /// The present value of a variable or local inside the kernel: assignments set it, `lower` reads it.
    void set_local(const std::string& name, ValueId value) { locals_[name] = value; }
    std::optional<ValueId> local(const std::string& name) const;
    /// Lets a term's variable read this value instead of memory (stages of an integrator).
    void override_variable(const std::string& key, ValueId value);
    void clear_overrides();
    /// As override_variable, but not undone by clear_overrides: event-driven variables between events.
    void pin_variable(analysis::End end, const std::string& key, ValueId value);

    /// A field of the deferred event that the ops are for, until end_events says that those that follow run once.
    ValueId event_field(std::uint32_t field);
    void end_events(std::uint32_t fields, bool fall);

    /// Text of the line that the next operations come from.
    void note(const base::Span& span);

    Type type_of(ValueId value) const { return kernel_.ops[value].type; }
    bool is_uniform(ValueId value) const { return kernel_.ops[value].uniform; }

private:
    bool is_constant(ValueId value, double number) const;
    bool grows_with_time(const Op& op) const;
    std::optional<ValueId> simpler(OpCode code, ValueId a, ValueId b);
    ValueId leaf(OpCode code, Type type, bool uniform);
    ValueId emit(Op op);
    ValueId pure(Op op);
    ValueId lower_fresh(const analysis::Term& term);
    ValueId lower_binary(const analysis::Term& term);
    ValueId lower_call(const analysis::Term& term);
    ValueId signal(const analysis::Term& term);
    ValueId lower_random(const analysis::Term& term);
    ValueId lower_variable(const analysis::Term& term);
    ValueId power(const analysis::Term& term);
    /// The numbers of the element, or of source and target.
    void add_element(Op& op);
    void add_identity(Op& op);
    Type common_type(const std::vector<ValueId>& values, bool integers_stay) const;
    void invalidate();

    Kernel kernel_;
    Frame frame_;
    std::map<std::vector<std::uint64_t>, ValueId> known_;
    std::unordered_map<const analysis::Term*, ValueId> lowered_;
    /// By op: a uniform value that grows with the time of the run. It stays double where it meets an element's value.
    std::vector<bool> clocked_;
    std::vector<analysis::TermPtr> kept_;  ///< keeps the keys of lowered_ alive
    std::map<std::uint32_t, ValueId> loaded_;
    std::map<std::string, ValueId> locals_;
    std::map<std::string, ValueId> overrides_;
    std::map<std::pair<analysis::End, std::string>, ValueId> pinned_;
    std::int32_t note_ = -1;
};

/// A stream number from a seed and a name or number.
std::uint64_t mix_stream(std::uint64_t seed, std::uint64_t value);
std::uint64_t hash_name(const std::string& name);

}  // namespace bouton::codegen
