// SPDX-License-Identifier: BSD-3-Clause
// The lowered form: straight-line typed operations in single-assignment order, executed for every element of a
// domain. Nothing is left to decide here: types are fixed, conversions are explicit, random streams numbered.
// Both back ends consume exactly this; neither may reorder, contract or simplify arithmetic.
#pragma once

#include "analysis/functions.hpp"
#include "codegen/ir/name.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouton::codegen {

enum class Precision { f64, f32 };

/// Type of a value. `real` has the precision of the run. Uniform numbers are always f64 (they cost nothing);
/// a `convert` to real stands where they meet an element's value.
enum class Type : std::uint8_t { real, f64, integer, boolean };

/// How an array holds its elements. integer values are int64 in registers; lanes convert on load and store.
enum class Stored : std::uint8_t { real, f64, i64, i32, u32, u16, u8 };

/// What the elements of a kernel are.
enum class Domain : std::uint8_t {
    elements,  ///< k = 0 .. n-1, n padded: neurons, or lifted synaptic variables
    listed,    ///< k = list[0 .. n-1]
    synapses,  ///< for each segment, for each of its positions
};

/// Which end of the synapses a segment shares: rows by source (pre), or the reverse index by target (post).
enum class Side : std::uint8_t { pre, post };

/// By what an array is indexed.
enum class Index : std::uint8_t {
    element,  ///< k (elements, listed)
    source,   ///< i, the presynaptic neuron (synapses)
    target,   ///< j, the postsynaptic neuron (synapses)
    synapse,  ///< s, the position (synapses)
};

/// Who owns the memory behind an array.
enum class Owner : std::uint8_t {
    self,     ///< the neuron group of a neuron kernel
    pre,      ///< the presynaptic neuron group, first element of the slice
    post,     ///< the postsynaptic neuron group, first element of the slice
    synapse,  ///< the synapse group (whatever its placement)
    scratch,  ///< given by the caller for this kernel: results of evaluations, rings of delayed input
};

struct ArraySlot {
    Owner owner;
    Index index;
    Name variable;
    Stored stored;
    bool written = false;
    /// synapses: added to without a look at refractoriness; who runs the kernel gives refractory neurons their values back.
    bool guarded = false;
};

using ValueId = std::uint32_t;

enum class OpCode : std::uint8_t {
    // leaves
    constant,     // `number`; booleans 0 or 1
    scalar,       // scalars[slot], f64, uniform
    time,         // t, f64, uniform unless steps are the elements' own
    step_size,    // dt, f64, uniform
    step,         // integer, as time
    index_of,     // the number of the element by `index`, integer
    load,         // arrays[slot]
    load_at,      // arrays[slot][arg0], arg0 integer
    event_field,  // field `slot` of the deferred event, real
    signal,  // signals[slot] at t; arg0, if any, is the column (integer). f64; uniform without arg0. Where the column
    // may not exist, the number of the element follows, or those of source and target: it is reported
    signal_at,  // the same at the time arg0 (f64); the column and the element, if any, follow
    // arithmetic; both arguments and the result have `type`, comparisons give boolean from equal types
    add,
    subtract,
    multiply,
    divide,
    negate,
    floor_divide,
    modulo,     // Python's, on integer, real and f64
    power,      // real or f64
    power_int,  // arg0 to the constant whole power `slot` (0 .. 64), by repeated squaring as bn::powi
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    logical_and,
    logical_or,
    logical_not,
    select,   // arg0 ? arg1 : arg2
    convert,  // to `type`; real to integer goes towards zero
    bit,      // bit number `slot` of the integer arg0, boolean
    call,     // analysis::Builtin `function`, not a random one
    // random numbers: stream `stream`; args are the words that identify the element, integers:
    // one word (element) or three (pre, post, multiplicity)
    random_uniform,
    random_normal,
    random_word,      // 0 .. 2^32 - 1, integer
    random_poisson,   // last two arguments: random_word of the same stream, mean; result integer
    random_binomial,  // last two arguments: n (integer), p; result integer
    // effects; type is that of the value stored
    store,          // arrays[slot] = arg0
    accumulate,     // arrays[slot] += arg0; conflicts are added one after the other in element order
    accumulate_at,  // arrays[slot][arg1] += arg0, arg1 integer
    append,  // elements: where arg0, a boolean, is true the element's number follows in the list arrays[slot], u32
};

struct Op {
    OpCode code;
    Type type = Type::real;
    bool uniform = false;  ///< the same for all elements: evaluated once a call, before the loop
    std::uint8_t argument_count = 0;
    std::array<ValueId, 5> arguments{};
    std::uint32_t slot = 0;
    double number = 0.0;
    std::uint64_t stream = 0;
    Index index = Index::element;
    analysis::Builtin function = analysis::Builtin::exp;
    bool checked = false;  ///< an integer that leaves its 64 bits, or an argument of a draw that is none, is
                           ///< noted in bn_args::overflow; of all elements if the argument is uniform
    std::int32_t note = -1;  ///< index into Kernel::notes: the line that this came from; -1 as before
};

/// One function of a module. Values are numbered by their place in `ops`; uniform ones may stand anywhere.
struct Kernel {
    std::string name;  ///< a C identifier, unique in its module: "update", "on_pre_0", ...
    Domain domain = Domain::elements;
    Side side = Side::pre;  ///< synapses: which end the segments share
    bool indirect = false;  ///< synapses: positions go through `order`
    bool own_steps =
        false;  ///< listed: time and step are the element's own, bn_args::steps; signals tell of bn_args::t
    bool sequential = false;  ///< an element may see what an earlier one wrote: one after the other
    /// synapses: the first so many ops run for each deferred event that the synapse has not met, oldest first; they
    /// change nothing but variables of the synapse. The other ops follow, once.
    std::size_t event_ops = 0;
    std::uint32_t event_fields = 1;  ///< numbers of a deferred event, with what says when it was
    bool events_fall = false;        ///< field 0 of a later event is less, else more
    std::vector<ArraySlot> arrays;
    std::vector<Name> scalars;         ///< which the simulation binds
    std::vector<std::string> signals;  ///< by the user's names: there are no others
    std::vector<Op> ops;
    std::vector<std::string>
        notes;  ///< "file:line  text" of the statement or equation, for the reader of the C++

    bool empty() const { return ops.empty(); }
};

/// The ops as text, one a line: for tests and `bouton emit --after=lower`.
std::string to_string(const Kernel& kernel);

const char* name_of(OpCode code);
const char* name_of(Type type);
const char* name_of(Stored stored);

/// Bytes of one stored element.
std::size_t size_of(Stored stored, Precision precision);

}  // namespace bouton::codegen
