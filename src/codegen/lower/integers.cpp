// SPDX-License-Identifier: BSD-3-Clause
#include "codegen/lower/integers.hpp"

#include "codegen/ir/traits.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::codegen {
namespace {

using analysis::Builtin;

/// Bounds of an integer, rounded: they prove nothing within a factor of two of the ends of 64 bits.
struct Range {
    double low = -0x1p63;
    double high = 0x1p63;

    bool fits() const { return low >= -0x1p62 && high <= 0x1p62; }
    double size() const { return std::max(std::fabs(low), std::fabs(high)); }
};

Range around(double size) { return {-size, size}; }

class Ranges {
public:
    explicit Ranges(const Kernel& kernel) : kernel_(kernel), ranges_(kernel.ops.size()) {}

    /// Whether the op's integers may leave their bits. Ops are asked in order.
    bool may_leave(ValueId id) {
        const Op& op = kernel_.ops[id];
        if (is_effect(op.code)) {
            const bool adds = op.code == OpCode::accumulate || op.code == OpCode::accumulate_at;
            return adds && kernel_.arrays[op.slot].stored == Stored::i64;
        }
        if (op.type != Type::integer) return false;
        const Range exact = range(op);
        ranges_[id] = exact.fits() ? exact : Range{};
        return is_arithmetic(op) && !exact.fits();
    }

private:
    static bool is_arithmetic(const Op& op) {
        switch (op.code) {
            case OpCode::add:
            case OpCode::subtract:
            case OpCode::multiply:
            case OpCode::negate:
            case OpCode::floor_divide:
            case OpCode::power_int: return true;
            case OpCode::call: return op.function == Builtin::abs;
            default: return false;
        }
    }

    Range of(const Op& op, int k) const { return ranges_[op.arguments[static_cast<std::size_t>(k)]]; }

    Range range(const Op& op) const {
        switch (op.code) {
            case OpCode::constant: return {op.number, op.number};
            case OpCode::step: return {0.0, 0x1p48};
            case OpCode::index_of:
            case OpCode::random_word: return {0.0, 0x1p32};
            case OpCode::random_poisson:
            case OpCode::random_binomial: return {0.0, 0x1p62};
            case OpCode::load: return loaded(kernel_.arrays[op.slot]);
            case OpCode::convert: return converted(op);
            case OpCode::add: return {of(op, 0).low + of(op, 1).low, of(op, 0).high + of(op, 1).high};
            case OpCode::subtract: return {of(op, 0).low - of(op, 1).high, of(op, 0).high - of(op, 1).low};
            case OpCode::negate: return {-of(op, 0).high, -of(op, 0).low};
            case OpCode::multiply: return around(of(op, 0).size() * of(op, 1).size());
            case OpCode::floor_divide: return around(of(op, 0).size());
            case OpCode::modulo: return around(of(op, 1).size());
            case OpCode::power_int: return around(std::max(1.0, std::pow(of(op, 0).size(), op.slot)));
            case OpCode::select: return joined(op, 1);
            case OpCode::call:
                return op.function == Builtin::sign ? around(1.0) : around(joined(op, 0).size());
            default: return {};
        }
    }

    Range joined(const Op& op, int first) const {
        Range all = of(op, first);
        for (int k = first + 1; k < op.argument_count; ++k)
            all = {std::min(all.low, of(op, k).low), std::max(all.high, of(op, k).high)};
        return all;
    }

    static Range loaded(const ArraySlot& array) {
        if (array.variable.role() == Role::lastspike) return around(0x1p60);
        switch (array.stored) {
            case Stored::i32: return around(0x1p31);
            case Stored::u32: return {0.0, 0x1p32};
            case Stored::u16: return {0.0, 0x1p16};
            default: return {};
        }
    }

    Range converted(const Op& op) const {
        const Op& from = kernel_.ops[op.arguments[0]];
        if (from.type == Type::boolean) return {0.0, 1.0};
        if (from.type == Type::integer) return of(op, 0);
        if (from.code != OpCode::scalar) return {};
        switch (kernel_.scalars[from.slot].role()) {  // the engine's own
            case Role::counted_from: return {0.0, 0x1p48};
            case Role::ring_stride: return {0.0, 0x1p32};
            case Role::ring_rows:
            case Role::dendritic_steps: return {0.0, 0x1p20};
            default: return {};
        }
    }

    const Kernel& kernel_;
    std::vector<Range> ranges_;
};

}  // namespace

void check_integers(Kernel& kernel) {
    Ranges ranges(kernel);
    for (ValueId id = 0; id < kernel.ops.size(); ++id)
        if (ranges.may_leave(id) && id >= kernel.event_ops) kernel.ops[id].checked = true;
}

}  // namespace bouton::codegen
