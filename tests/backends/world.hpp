// SPDX-License-Identifier: BSD-3-Clause
// Memory for hand-built kernels - neurons, synapses in rows, a list, a signal - and runs on both back ends that must
// leave the same bits.
#pragma once

#include "codegen/ir/ir.hpp"
#include "runtime/callable.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bouton::test {

inline constexpr std::int64_t kNeurons =
    336;  // more than one block of the interpreter, and of a divided loop

/// What fills the floating-point arrays: plain numbers near 1, or also zeros, infinities, nan and subnormals.
enum class Fill { plain, special };

/// All the memory that one call may touch. The same seed gives the same contents for every back end.
class World {
public:
    World(const codegen::Kernel& kernel, codegen::Precision precision, std::uint64_t seed,
          Fill fill = Fill::plain);

    void run(const runtime::Callable& callable) const;
    /// The same, listed elements one after the other.
    void run_each(const runtime::Callable& callable) const;

    /// Bytes of an array; `real` arrays in the precision of the run.
    std::vector<unsigned char>& array(std::size_t slot) { return arrays_[slot]; }
    template <class T>
    T* as(std::size_t slot) {
        return reinterpret_cast<T*>(arrays_[slot].data());
    }
    std::vector<bn_segment>& segments() { return segments_; }
    std::vector<std::uint32_t>& other() { return other_; }
    bn_args& args() { return args_; }
    std::vector<double>& scalars() { return scalars_; }

    /// The first difference to another world after a run, or an empty text. One nan is like another.
    std::string difference(const World& other) const;

private:
    void run_listed(const runtime::Callable& callable, std::size_t first, std::size_t count) const;
    void make_synapses(bool indirect);
    void fill_array(std::size_t slot, Fill fill);
    std::uint64_t random();

    const codegen::Kernel kernel_;
    codegen::Precision precision_;
    std::uint64_t state_;
    std::vector<std::vector<unsigned char>> arrays_;
    std::vector<double> scalars_, samples_;
    std::vector<bn_segment> segments_;
    std::vector<std::uint32_t> list_, order_, other_;
    std::vector<std::int64_t> steps_;  ///< by place in the list
    std::vector<bn_signal> signals_;
    mutable bn_args args_{};
    mutable std::int64_t appended_ = 0;
};

/// The cache of this test program: a folder of its own, empty at the start.
const std::filesystem::path& test_cache();
runtime::NativeOptions test_options();

/// Runs each kernel on both back ends in both precisions and expects the same arrays.
void expect_same(const std::vector<codegen::Kernel>& kernels, Fill fill = Fill::plain);

}  // namespace bouton::test
