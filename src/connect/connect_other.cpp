// SPDX-License-Identifier: BSD-3-Clause
// Rules that do not go source by source: fixed_indegree, fixed_total_number, and lists of pairs.
#include "base/diagnostics.hpp"
#include "base/stop.hpp"
#include "connect/connect.hpp"
#include "state/draw.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace bouton::connect {

using state::DrawSequence;
using state::SubsetDrawer;
using state::SynapseBlock;
using state::SynapseStore;

namespace {

// Rows from (source, target) pairs whose sources come in any order: a counting sort that keeps the order within a
// source. `each` hands over all pairs, twice: to count them, in any order, then to place them.
template <class Each>
void fill_rows(SynapseBlock& block, const Each& each) {
    each([&](std::uint32_t source, std::uint32_t, std::int64_t) { ++block.row_begin[source + 1]; }, false);
    std::partial_sum(block.row_begin.begin(), block.row_begin.end(), block.row_begin.begin());
    std::vector<std::int64_t> next(block.row_begin.begin(), block.row_begin.end() - 1);
    block.target.resize(static_cast<std::size_t>(block.row_begin.back()));
    each(
        [&](std::uint32_t source, std::uint32_t target, std::int64_t id) {
            const auto at = static_cast<std::size_t>(next[source]++);
            block.target[at] = target;
            if (!block.id.empty()) block.id[at] = id;
        },
        true);
}

// The rows of a block whose sources are drawn target by target. They are drawn twice rather than kept, which would
// take as much memory again. A batch of targets goes through the sources a stretch at a time, so that the ends of
// the rows that it adds to stay in the cache.
template <class Draw>
void fill_by_target(const SynapseStore& store, SynapseBlock& block, std::int64_t each_n, const Draw& draw) {
    constexpr std::int64_t kBatch = 1 << 17;
    const std::int64_t n = std::max<std::int64_t>(1, each_n);
    const auto targets = static_cast<std::uint32_t>(std::max<std::int64_t>(1, kBatch / n));
    const std::int64_t stretch = std::max<std::int64_t>(512, 32 * store.sources / n);
    std::vector<std::uint32_t> row;
    std::vector<std::uint32_t> batch;
    std::vector<std::size_t> next;  // of each target in the batch, and the end
    fill_rows(block, [&](const auto& take, bool placing) {
        for (std::uint32_t first = block.target_begin; first < block.target_end; first += targets) {
            base::check_stop();
            const std::uint32_t end = std::min(block.target_end, first + targets);
            batch.clear();
            next.assign(1, 0);
            for (std::uint32_t j = first; j < end; ++j) {
                draw(j, placing, row);
                batch.insert(batch.end(), row.begin(), row.end());
                next.push_back(batch.size());
            }
            if (!placing) {
                for (const std::uint32_t i : batch) take(i, 0, 0);
                continue;
            }
            const std::vector<std::size_t> ends(next.begin() + 1, next.end());
            for (std::int64_t most = stretch; most < store.sources + stretch; most += stretch) {
                for (std::uint32_t j = first; j < end; ++j) {
                    std::size_t k = next[j - first];
                    for (; k < ends[j - first] && batch[k] < most; ++k) take(batch[k], j, 0);
                    next[j - first] = k;
                }
            }
        }
    });
}

// Pairs by source and target, and where each stood, if they are not sorted already: one counting sort, then each row.
class SortedPairs {
public:
    SortedPairs(const model::PairList& pairs, std::int64_t sources, base::ThreadPool* pool) : given_(pairs) {
        if (std::is_sorted(pairs.begin(), pairs.end())) return;
        std::vector<std::size_t> end(static_cast<std::size_t>(sources) + 1);
        for (const auto& pair : pairs) ++end[pair.first + std::size_t{1}];
        std::partial_sum(end.begin(), end.end(), end.begin());
        base::check_stop();
        place_.resize(pairs.size());
        sorted_.resize(pairs.size());
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            const std::size_t to = end[pairs[k].first]++;  // a row's end moves on to where it will be
            place_[to] = k;
            sorted_[to] = pairs[k];
        }
        constexpr std::size_t kRows = 64;
        base::run_tasks(pool, (end.size() + kRows - 1) / kRows, [&](std::size_t task, std::size_t) {
            base::check_stop();
            for (std::size_t i = task * kRows; i < std::min(end.size(), (task + 1) * kRows); ++i)
                sort_row(i == 0 ? 0 : end[i - 1], end[i]);
        });
    }

    bool moved() const { return !place_.empty(); }
    const model::PairList& pairs() const { return moved() ? sorted_ : given_; }
    std::size_t place(std::size_t k) const { return moved() ? place_[k] : k; }

private:
    void sort_row(std::size_t begin, std::size_t end) {
        std::vector<std::uint64_t> keys(end - begin);  // the target, then the order in which they stand
        for (std::size_t k = 0; k < keys.size(); ++k)
            keys[k] = std::uint64_t{sorted_[begin + k].second} << 32 | k;
        std::sort(keys.begin(), keys.end());
        const std::vector<std::size_t> stood(place_.begin() + static_cast<std::ptrdiff_t>(begin),
                                             place_.begin() + static_cast<std::ptrdiff_t>(end));
        for (std::size_t k = 0; k < keys.size(); ++k) {
            sorted_[begin + k].second = static_cast<std::uint32_t>(keys[k] >> 32);
            place_[begin + k] = stood[keys[k] & 0xFFFFFFFFu];
        }
    }

    const model::PairList& given_;
    model::PairList sorted_;
    std::vector<std::size_t> place_;
};

std::string pair_text(std::uint32_t i, std::uint32_t j) {
    return "(" + std::to_string(i) + ", " + std::to_string(j) + ")";
}

}  // namespace

void connect_indegree(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.plan.connect;
    for (std::int64_t j = 0; j < store.targets; ++j) {
        const std::int64_t available = store.sources - (task.self_source(j) >= 0 ? 1 : 0);
        if (connect.n > available && (!connect.multapses || available == 0)) {
            refuse(base::Code::E402, connect.span,
                   "each target should have " + std::to_string(connect.n) +
                       " different sources, but target " + std::to_string(j) + " has only " +
                       std::to_string(available) + " to choose from",
                   connect.multapses ? "" : "`multapses = true` lets a pair have several synapses");
        }
    }
    const bn::Key key = state::draw_key(task.seed, task.plan.name, "connect");
    base::run_tasks(task.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        SubsetDrawer subsets(store.sources);
        const auto draw = [&](std::uint32_t j, bool ascending, std::vector<std::uint32_t>& sources) {
            DrawSequence sequence(key, j);
            if (connect.multapses) {
                subsets.draw_repeated(sequence, connect.n, task.self_source(j), sources);
            } else {
                subsets.draw(sequence, connect.n, task.self_source(j), sources, ascending);
            }
        };
        fill_by_target(store, store.blocks[b], connect.n, draw);
    });
}

void connect_total(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.plan.connect;
    std::int64_t selves = 0;
    for (std::int64_t i = 0; i < store.sources; ++i) selves += task.self_target(i) >= 0 ? 1 : 0;
    const std::int64_t all = store.sources * store.targets;
    const std::int64_t available = all - selves;
    if (connect.n > available && (!connect.multapses || available == 0)) {
        refuse(base::Code::E402, connect.span,
               std::to_string(connect.n) + " connections are asked for, but there are only " +
                   std::to_string(available) + " pairs",
               connect.multapses ? "" : "`multapses = true` lets a pair have several synapses");
    }
    // First how many each source gets: a cell of the table of all pairs is drawn n times, and what counts is its row.
    // The cells of a row that are taken already might as well be its last ones, so a row is as likely to be hit as it
    // has cells left. Then each source draws its targets.
    const bn::Key key = state::draw_key(task.seed, task.plan.name, "connect");
    const bool complement = !connect.multapses && connect.n > available / 2;
    std::vector<std::uint32_t> room(static_cast<std::size_t>(store.sources));
    for (std::size_t i = 0; i < room.size(); ++i) {
        const bool self = task.self_target(static_cast<std::int64_t>(i)) >= 0;
        room[i] = static_cast<std::uint32_t>(store.targets - (self ? 1 : 0));
    }
    std::vector<std::int64_t> count(room.begin(), room.end());
    if (!complement) std::fill(count.begin(), count.end(), 0);
    DrawSequence sequence(key, 0);
    base::StopCheck stop(1 << 16);
    for (std::int64_t left = complement ? available - connect.n : connect.n; left > 0;) {
        stop.turn();
        const std::uint32_t i = sequence.below(static_cast<std::uint32_t>(store.sources));
        if (sequence.below(static_cast<std::uint32_t>(store.targets)) >= room[i]) continue;
        if (!connect.multapses) --room[i];
        count[i] += complement ? -1 : 1;
        --left;
    }
    std::vector<SubsetDrawer> subsets(task.threads(), SubsetDrawer(store.targets));
    const auto draw = [&](std::size_t thread, std::uint32_t source, std::vector<std::uint32_t>& targets) {
        DrawSequence of_row(key, source, 1);
        const std::int64_t self = task.self_target(source);
        if (connect.multapses) {
            subsets[thread].draw_repeated(of_row, count[source], self, targets);
        } else {
            subsets[thread].draw(of_row, count[source], self, targets);
        }
    };
    connect_rows(task, store, static_cast<double>(connect.n) / static_cast<double>(all), draw);
}

void connect_pairs(const ConnectTask& task, SynapseStore& store) {
    const auto& connect = task.plan.connect;
    const model::PairList& given = *connect.pairs;
    for (std::size_t k = 0; k < given.size(); ++k) {
        const auto [i, j] = given[k];
        if (i >= store.sources || j >= store.targets) {
            refuse(base::Code::E403, connect.span,
                   "pair " + std::to_string(k) + ", " + pair_text(i, j) + ", lies outside the slices");
        }
        if (task.self_target(i) == j) {
            refuse(base::Code::E403, connect.span,
                   "pair " + std::to_string(k) + ", " + pair_text(i, j) + ", connects a neuron to itself",
                   "`autapses = true` allows it");
        }
    }
    const SortedPairs sorted(given, store.sources, task.pool);
    const model::PairList& pairs = sorted.pairs();
    for (std::size_t k = 1; k < pairs.size() && !connect.multapses; ++k) {
        if (pairs[k - 1] != pairs[k]) continue;
        refuse(base::Code::E403, connect.span,
               "pair " + std::to_string(sorted.place(k)) + ", " + pair_text(pairs[k].first, pairs[k].second) +
                   ", repeats pair " + std::to_string(sorted.place(k - 1)),
               "`multapses = true` allows it");
    }
    store.keeps_id = store.keeps_id || sorted.moved();
    base::run_tasks(task.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        SynapseBlock& block = store.blocks[b];
        const auto inside = [&](std::uint32_t j) { return j >= block.target_begin && j < block.target_end; };
        if (store.keeps_id) {
            block.id.resize(static_cast<std::size_t>(std::count_if(
                pairs.begin(), pairs.end(), [&](const auto& pair) { return inside(pair.second); })));
        }
        fill_rows(block, [&](const auto& take, bool) {
            for (std::size_t k = 0; k < pairs.size(); ++k)
                if (inside(pairs[k].second))
                    take(pairs[k].first, pairs[k].second, static_cast<std::int64_t>(sorted.place(k)));
        });
    });
}

}  // namespace bouton::connect
