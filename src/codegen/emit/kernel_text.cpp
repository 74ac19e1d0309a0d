// SPDX-License-Identifier: BSD-3-Clause
// The function around the ops: arrays and constants first, then the loops of the domain. A divided loop runs in chunks;
// values that a later loop of the chunk needs are kept in buffers that stay in the first-level cache. While the synapses of
// one segment are met, those of the next but one are fetched.
#include "codegen/emit/kernel_text.hpp"

#include "codegen/emit/event_text.hpp"
#include "codegen/emit/lines.hpp"
#include "codegen/emit/loop_plan.hpp"
#include "codegen/emit/op_text.hpp"
#include "codegen/emit/pack_text.hpp"
#include "codegen/emit/spelling.hpp"
#include "codegen/ir/traits.hpp"

#include <algorithm>

namespace bouton::codegen {
namespace {

class KernelText {
public:
    KernelText(const Kernel& kernel, Precision precision)
        : kernel_(kernel),
          plan_(plan_loops(kernel)),
          ops_(kernel, precision),
          notes_(kernel),
          packs_(kernel, plan_, ops_),
          events_(kernel, plan_, ops_, lines_, notes_) {
        for (const Op& op : kernel.ops) uses_random_ |= is_random(op.code);
    }

    std::string write(const std::string& name) {
        line("void " + name + "(const bn_args* args)");
        line("{");
        lines_.indent();
        line("if (args->n <= 0) return;");
        write_arrays();
        write_inputs();
        write_ops(Level::call, 0);
        write_tables();
        if (plan_.in_chunks()) write_buffers();
        packs_.declare(lines_);
        write_lows();
        if (has_events()) events_.declare();
        if (kernel_.domain == Domain::synapses)
            write_segments();
        else
            write_elements();
        for (std::uint32_t slot = 0; slot < kernel_.signals.size(); ++slot)
            if (watches(slot)) line(ops_.outside_name(slot) + ".report(args->t);");
        lines_.dedent();
        line("}");
        return lines_.take();
    }

private:
    void line(const std::string& content) { lines_.line(content); }
    void open(const std::string& head) { lines_.open(head); }
    void close() { lines_.close(); }

    bool any_op(OpCode code) const {
        return std::any_of(kernel_.ops.begin(), kernel_.ops.end(),
                           [&](const Op& op) { return op.code == code; });
    }

    bool uses_slot(std::uint32_t slot) const {
        return std::any_of(kernel_.ops.begin(), kernel_.ops.end(), [&](const Op& op) {
            return (is_load(op.code) || is_effect(op.code)) && op.slot == slot;
        });
    }

    /// Whether a column of the signal may not exist.
    bool watches(std::uint32_t signal) const {
        return std::any_of(kernel_.ops.begin(), kernel_.ops.end(), [&](const Op& op) {
            return is_signal(op.code) && op.slot == signal && op.argument_count > column_argument(op) + 1;
        });
    }

    /// Whether this is the only view of its memory, or nobody writes it.
    bool is_restrict(std::uint32_t slot) const {
        if (is_read_only(kernel_, kernel_.arrays[slot])) return true;
        for (std::uint32_t other = 0; other < kernel_.arrays.size(); ++other)
            if (other != slot && may_alias(kernel_.arrays[slot], kernel_.arrays[other])) return false;
        return true;
    }

    void write_arrays() {
        for (std::uint32_t slot = 0; slot < kernel_.arrays.size(); ++slot) {
            if (!uses_slot(slot)) continue;
            const ArraySlot& array = kernel_.arrays[slot];
            const std::string type =
                std::string(array.written ? "" : "const ") + cpp_type(array.stored) + "*";
            line(type + (is_restrict(slot) ? " __restrict__ " : " ") + ops_.array_name(slot) +
                 " = static_cast<" + type + ">(args->arrays[" + std::to_string(slot) + "]);");
        }
    }

    /// The clock, constants, signals and random keys that the ops use.
    void write_inputs() {
        const bool own = kernel_.own_steps;
        if (any_op(OpCode::time) && !own) line("const double t = args->t;");
        if (any_op(OpCode::step_size) || (any_op(OpCode::time) && own)) line("const double dt = args->dt;");
        if ((any_op(OpCode::step) || uses_random_) && !own) line("const int64_t step = args->step;");
        std::vector<bool> declared(kernel_.scalars.size() + kernel_.signals.size());
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            const Op& op = kernel_.ops[id];
            const std::string slot = "[" + std::to_string(op.slot) + "]";
            if (is_random(op.code))
                line("const bn::Key " + OpText::key_name(id) + " = bn::derive(args->seed, " +
                     std::to_string(op.stream) + "u);");
            if (op.code != OpCode::scalar && !is_signal(op.code)) continue;
            const bool scalar = op.code == OpCode::scalar;
            const std::size_t flag = op.slot + (scalar ? 0 : kernel_.scalars.size());
            if (declared[flag]) continue;
            declared[flag] = true;
            if (scalar) {
                line("const double " + ops_.scalar_name(op.slot) + " = args->scalars" + slot + ";");
            } else {
                const std::string name = ops_.signal_name(op.slot);
                line("const bn_signal " + name + "_all = args->signals" + slot + ";");
                line("const double* __restrict__ " + name + " = bn::signal_row(" + name + "_all, args->t);");
                if (watches(op.slot))
                    line("bn::Outside " + ops_.outside_name(op.slot) + "{args->signals" + slot + "};");
            }
        }
    }

    /// Many Poisson numbers of one mean share their sums.
    void write_tables() {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            const Op& op = kernel_.ops[id];
            if (op.code != OpCode::random_poisson || plan_.levels[id] == Level::call) continue;
            const ValueId mean = op.arguments[static_cast<std::size_t>(op.argument_count - 1)];
            if (plan_.levels[mean] != Level::call) continue;
            // Where the numbers are drawn one by one, each draw looks at the mean.
            line("const bn::PoissonTable " + OpText::table_name(id) + "{" +
                 (plan_.ahead[id] ? ops_.mean(id) : "double(" + ops_.value(mean) + ")") + "};");
            ops_.use_table(id);
        }
    }

    /// Lower bounds of clips, as numbers of which the compiler knows nothing (kernel/rounding.h).
    void write_lows() {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            const Op& op = kernel_.ops[id];
            const bool clips = op.code == OpCode::call && op.function == analysis::Builtin::clip;
            if (!clips || op.type == Type::integer || plan_.levels[id] == Level::call) continue;
            const ValueId low = op.arguments[1];
            if (plan_.levels[low] != Level::call) continue;
            line(std::string("const ") + cpp_type(op.type) + " " + OpText::low_name(id) +
                 " = bn::any_number(" + ops_.value(low) + ");");
            ops_.use_low(id);
        }
    }

    void write_buffers() {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id)
            if (plan_.is_kept(id) && !plan_.is_pack(id))
                line("alignas(64) " + kept_type(id) + " " + buffer(id) + "[" + chunk() + "];");
    }

    std::string kept_type(ValueId id) const {
        const Type type = kernel_.ops[id].type;
        if (kernel_.ops[id].code == OpCode::random_word) return "uint32_t";
        return type == Type::boolean ? "bn::WideFlag<real>" : cpp_type(type);
    }

    std::string chunk() const { return has_events() ? "BN_ROW_CHUNK" : "BN_CHUNK"; }
    static std::string buffer(ValueId id) { return "kept" + std::to_string(id); }

    /// What is drawn for the whole chunk.
    void write_ahead() {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            if (!plan_.ahead[id] || !plan_.is_kept(id)) continue;
            const Op& op = kernel_.ops[id];
            const ValueId drawn = op.code == OpCode::convert ? op.arguments[0] : id;
            const std::string which = "first, count, step, " + OpText::key_name(drawn) + ", " + buffer(id);
            line((op.code == OpCode::random_word ? "bn::neuron_words("
                                                 : OpText::table_name(drawn) + ".draw(") +
                 which + ");");
        }
    }

    /// The ops of one level, and of one stage if they are those of lanes.
    void write_ops(Level level, int stage) {
        ops_.set_element(level == Level::call ? "-1, -1" : element_at_hand(level));
        notes_.begin();
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            if (plan_.levels[id] != level || (level == Level::lane && plan_.stages[id] != stage)) continue;
            if (plan_.ahead[id] || plan_.whole[id] || plan_.flags[id]) continue;
            const bool effect = is_effect(kernel_.ops[id].code);
            if (!effect && !ops_.is_named(id)) continue;
            notes_.write(id, lines_);
            if (plan_.is_pack(id)) {
                line(packs_.line(id));
                if (plan_.is_kept(id)) line(buffer(id) + " |= bn::bits(" + ops_.value(id) + ") << b;");
                continue;
            }
            if (effect) {
                line(ops_.statement(id));
                continue;
            }
            line(std::string("const ") + cpp_type(kernel_.ops[id].type) + " " + ops_.value(id) + " = " +
                 ops_.expression(id) + ";");
            if (plan_.is_kept(id)) write_kept(id);
        }
    }

    /// The element, and the other end of a synapse: what checked integers note.
    std::string element_at_hand(Level level) const {
        if (kernel_.domain == Domain::elements) return "p, -1";
        if (kernel_.domain == Domain::listed) return "list[p], -1";
        const std::string place = level == Level::segment ? "segment->begin" : "p";
        return "segment->id, other[" + (kernel_.indirect ? "order[" + place + "]" : place) + "]";
    }

    void write_kept(ValueId id) {
        const bool is_mask = kernel_.ops[id].type == Type::boolean;
        line(buffer(id) + "[l] = " + ops_.value(id) + (is_mask ? " ? -1 : 0;" : ";"));
        if (is_counted(id)) line(any(id) + " += " + buffer(id) + "[l];");
    }

    /// Values of earlier stages that this one uses.
    void write_taken_up(int stage) {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            if (plan_.remade[id].count(stage) > 0)
                line(std::string("const ") + cpp_type(kernel_.ops[id].type) + " " + ops_.value(id) + " = " +
                     ops_.expression(id) + ";");
            if (plan_.taken_up[id].count(stage) == 0) continue;
            const bool mask = kernel_.ops[id].type == Type::boolean;
            line(std::string("const ") + cpp_type(kernel_.ops[id].type) + " " + ops_.value(id) + " = " +
                 buffer(id) + "[l]" + (mask ? " != 0;" : ";"));
        }
    }

    void write_packs_taken_up(int stage) {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            if (plan_.remade[id].count(stage) > 0) line(packs_.line(id));
            if (plan_.taken_up[id].count(stage) > 0) line(packs_.taken_up(id, buffer(id)));
        }
    }

    /// Whether an op of the stage needs the index.
    bool needs(Index index, int stage) const {
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            const Op& op = kernel_.ops[id];
            if (plan_.remade[id].count(stage) > 0 && op.code == OpCode::load) return true;
            if (plan_.levels[id] != Level::lane || plan_.stages[id] != stage) continue;
            const bool at_index = op.code == OpCode::load || op.code == OpCode::store ||
                                  op.code == OpCode::accumulate || op.code == OpCode::append;
            if (at_index && kernel_.arrays[op.slot].index == index) return true;
            for (int k = 0; k < op.argument_count; ++k) {
                const Op& used = kernel_.ops[op.arguments[static_cast<std::size_t>(k)]];
                if (used.code == OpCode::index_of && used.index == index) return true;
            }
        }
        return false;
    }

    // The loops. `begin` and `end` bound positions: elements, places in the list, or positions of one segment.

    void write_elements() {
        if (kernel_.domain == Domain::elements) {
            line("const int64_t start = args->begin & -BN_LANES;");
            line("const int64_t n = args->n & -BN_LANES;");
            const auto list = std::find_if(kernel_.ops.begin(), kernel_.ops.end(),
                                           [](const Op& op) { return op.code == OpCode::append; });
            if (list != kernel_.ops.end()) return write_list(list->slot);
        } else {
            line("const int64_t start = 0;");
            line("const int64_t n = args->n;");
            line("const uint32_t* __restrict__ list = args->list;");
            if (kernel_.own_steps) line("const int64_t* __restrict__ steps = args->steps;");
        }
        write_lanes("start", "n");
    }

    void write_list(std::uint32_t slot) {
        const std::string begin = ops_.array_name(slot) + " + start", end = OpText::end_name(slot);
        line("uint32_t* __restrict__ " + end + " = " + begin + ";");
        write_lanes("start", "n");
        line("*args->appended = " + end + " - (" + begin + ");");
    }

    void write_segments() {
        if (kernel_.indirect) line("const uint32_t* __restrict__ order = args->order;");
        line("const uint32_t* __restrict__ other = args->other;");
        line("const bn_segment* const last = args->segments + args->n - 1;");
        if (!kernel_.indirect) line("const bn_segment* const known = last + args->beyond;");
        open("for (const bn_segment* segment = args->segments; segment <= last; ++segment)");
        line(std::string("const int64_t ") + OpText::index_name(shared_end()) + " = segment->id;");
        if (kernel_.side == Side::pre) line("const int64_t at = segment->at;");
        if (!kernel_.indirect)
            line(
                "const int64_t ahead = (segment + 1 < known ? segment[2].begin : segment->begin) - "
                "segment->begin;");
        write_ops(Level::segment, 0);
        if (has_events()) events_.define();
        if (has_events() && !plan_.in_chunks() && !events_.looks_at_targets()) write_short_row();
        write_lanes("segment->begin", "segment->end");
        close();
    }

    /// A row of less than a vector: each synapse meets its events, then what happens now.
    void write_short_row() {
        open("if (segment->end - segment->begin < BN_FEW)");
        line("const int64_t first = segment->begin, count = segment->end - first;");
        write_fetches();
        open("for (int64_t p = first; p < first + count; ++p)");
        line("{");
        lines_.indent();
        line("const int64_t s = p;");
        events_.meet_of_one();
        close();
        for (const int stage : plan_.stages_in_use) write_lane(stage);
        close();
        line("continue;");
        close();
    }

    /// Rows follow each other at random: the next two are on their way while this one is met.
    void write_fetches() {
        if (kernel_.domain != Domain::synapses || kernel_.indirect) return;
        line("bn::fetch(other + first + ahead, count);");
        for (std::uint32_t slot = 0; slot < kernel_.arrays.size(); ++slot)
            if (uses_slot(slot) && kernel_.arrays[slot].index == Index::synapse)
                line("bn::fetch(" + ops_.array_name(slot) + " + first + ahead, count);");
    }

    bool has_events() const { return kernel_.event_ops > 0; }

    Index shared_end() const { return kernel_.side == Side::pre ? Index::source : Index::target; }
    Index other_end() const { return kernel_.side == Side::pre ? Index::target : Index::source; }

    void write_lanes(const std::string& begin, const std::string& end) {
        const bool direct = kernel_.domain == Domain::synapses && !kernel_.indirect;
        if (!plan_.in_chunks() && !direct) {
            const int stage = plan_.stages_in_use.empty() ? 0 : plan_.stages_in_use.front();
            if (!kernel_.sequential && are_apart(kernel_, plan_, stage)) line("BN_INDEPENDENT");
            open("for (int64_t p = " + begin + "; p < " + end + "; ++p)");
            write_lane(stage);
            return close();
        }
        open("for (int64_t first = " + begin + "; first < " + end + "; first += " + chunk() + ")");
        line("const int64_t rest = " + end + " - first;");
        const std::string whole = kernel_.domain == Domain::elements ? " & -BN_LANES" : "";
        line("const int64_t count = (rest < " + chunk() + " ? rest : " + chunk() + ")" + whole + ";");
        write_fetches();
        write_ahead();
        if (has_events()) events_.meet();
        for (ValueId id = 0; id < kernel_.ops.size(); ++id)
            if (is_counted(id)) line("bn::WideFlag<real> " + any(id) + " = 0;");
        for (const int stage : plan_.stages_in_use) write_stage(stage);
        close();
    }

    void write_stage(int stage) {
        bool loops = false;
        for (ValueId id = 0; id < kernel_.ops.size(); ++id) {
            if (plan_.levels[id] != Level::lane || plan_.stages[id] != stage || plan_.ahead[id]) continue;
            if (plan_.whole[id])
                write_whole(id);
            else if (lists_pack(id))
                continue;
            else if (plan_.flags[id])
                write_flags(id);
            else
                loops = true;
        }
        if (!loops) return;
        if (plan_.packs.count(stage) > 0) return write_packs(stage);
        if (!kernel_.sequential && are_apart(kernel_, plan_, stage))
            line("BN_INDEPENDENT");
        else if (kernel_.domain == Domain::synapses)
            line("BN_UNROLLED");
        open("for (int64_t l = 0; l < count; ++l)");
        line("const int64_t p = first + l;");
        write_lane(stage);
        close();
    }

    /// An op that appends elements of a stage that is written for several at once, 64 at a time.
    bool lists_pack(ValueId id) const {
        return kernel_.ops[id].code == OpCode::append && plan_.is_pack(kernel_.ops[id].arguments[0]);
    }

    void write_packs(int stage) {
        std::vector<ValueId> lists;
        for (ValueId id = 0; id < kernel_.ops.size(); ++id)
            if (lists_pack(id) && plan_.stages[kernel_.ops[id].arguments[0]] == stage) lists.push_back(id);
        if (lists.empty()) {
            open("for (int64_t l = 0; l < count; l += bn::kPackSize<real>)");
        } else {
            open("for (int64_t block = 0; block < count; block += 64)");
            for (const ValueId id : lists) line("uint64_t " + buffer(kernel_.ops[id].arguments[0]) + " = 0;");
            line("BN_WRITTEN_OUT");
            open("for (int64_t b = 0; b < 64; b += bn::kPackSize<real>)");
            line("const int64_t l = block + b;");
            line("if (l >= count) break;");
        }
        line("const int64_t k = first + l;");
        write_packs_taken_up(stage);
        write_ops(Level::lane, stage);
        close();
        for (const ValueId id : lists) {
            const std::string end = OpText::end_name(kernel_.ops[id].slot);
            line(end + " = bn::append(" + buffer(kernel_.ops[id].arguments[0]) + ", first + block, " + end +
                 ");");
        }
        if (!lists.empty()) close();
    }

    void write_whole(ValueId id) {
        if (!plan_.is_kept(id)) return;
        const Op& op = kernel_.ops[id];
        line(std::string("bn::") + analysis::function(op.function).spelling + "(" + buffer(op.arguments[0]) +
             ", " + buffer(id) + ", count);");
    }

    void write_flags(ValueId id) {
        const ValueId flag = kernel_.ops[id].arguments[0];
        if (kernel_.ops[id].code == OpCode::append) {
            const std::string end = OpText::end_name(kernel_.ops[id].slot);
            return line("if (" + any(flag) + " != 0) " + end + " = bn::append(" + buffer(flag) +
                        ", first, count, " + end + ");");
        }
        line("bn::store_flags(" + ops_.array_name(kernel_.ops[id].slot) + " + first, " + buffer(flag) +
             ", count, " + any(flag) + ");");
    }

    /// Truth values that go to a list or are stored as flags are counted, below zero, unless they are bits.
    bool is_counted(ValueId id) const {
        if (plan_.is_pack(id)) return false;
        for (ValueId effect = 0; effect < kernel_.ops.size(); ++effect)
            if (plan_.flags[effect] && kernel_.ops[effect].arguments[0] == id) return true;
        return false;
    }

    static std::string any(ValueId id) { return "any" + std::to_string(id); }

    void write_lane(int stage) {
        if (kernel_.domain != Domain::synapses) {
            if (needs(Index::element, stage))
                line(kernel_.domain == Domain::listed ? "const int64_t k = list[p];"
                                                      : "const int64_t k = p;");
            if (kernel_.own_steps) {
                line("const int64_t step = steps[p];");
                if (any_op(OpCode::time)) line("const double t = bn::whole_number(step) * dt;");
            }
        } else {
            const bool other = needs(other_end(), stage);
            if (other || needs(Index::synapse, stage))
                line(kernel_.indirect ? "const int64_t s = order[p];" : "const int64_t s = p;");
            if (other) line(std::string("const int64_t ") + OpText::index_name(other_end()) + " = other[s];");
        }
        ops_.set_element(element_at_hand(Level::lane));
        write_taken_up(stage);
        write_ops(Level::lane, stage);
    }

    const Kernel& kernel_;
    LoopPlan plan_;
    OpText ops_;
    Lines lines_;
    Notes notes_;
    PackText packs_;
    EventText events_;
    bool uses_random_ = false;
};

}  // namespace

std::string kernel_text(const Kernel& kernel, Precision precision, const std::string& name) {
    return KernelText(kernel, precision).write(name);
}

}  // namespace bouton::codegen
