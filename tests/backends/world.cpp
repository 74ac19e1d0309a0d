// SPDX-License-Identifier: BSD-3-Clause
// Contents of the test memory and the comparison of runs.
#include "tests/backends/world.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <cstring>
#include <limits>

namespace bouton::test {
namespace {

using namespace codegen;

constexpr std::int64_t kSynapses = 1024;

template <class T>
T special(std::uint64_t number) {
    using L = std::numeric_limits<T>;
    static constexpr T values[] = {T(0),
                                   -T(0),
                                   L::infinity(),
                                   -L::infinity(),
                                   L::quiet_NaN(),
                                   L::denorm_min(),
                                   -L::denorm_min(),
                                   L::min(),
                                   L::max(),
                                   -L::max(),
                                   L::epsilon(),
                                   T(1),
                                   T(-1),
                                   T(2),
                                   T(-3),
                                   T(0.5),
                                   T(709.9),
                                   T(-745.2),
                                   T(88.8),
                                   T(-103.3),
                                   T(9.3e18),
                                   T(-9.3e18),
                                   T(1e10),
                                   T(1e-10)};
    return values[number % std::size(values)];
}

template <class T>
bool same(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
        if (std::isnan(a) && std::isnan(b)) return true;
    return std::memcmp(&a, &b, sizeof a) == 0;
}

template <class T>
std::string first_difference(const std::vector<unsigned char>& a, const std::vector<unsigned char>& b) {
    for (std::size_t k = 0; k < a.size() / sizeof(T); ++k) {
        T x, y;
        std::memcpy(&x, a.data() + k * sizeof(T), sizeof(T));
        std::memcpy(&y, b.data() + k * sizeof(T), sizeof(T));
        if (!same(x, y))
            return "[" + std::to_string(k) + "]: " + std::to_string(x) + " and " + std::to_string(y);
    }
    return {};
}

}  // namespace

World::World(const Kernel& kernel, Precision precision, std::uint64_t seed, Fill fill)
    : kernel_(kernel), precision_(precision), state_(seed) {
    make_synapses(kernel.indirect);
    for (std::uint32_t k = 0; k < kNeurons; k += 1 + static_cast<std::uint32_t>(random() % 2))
        list_.push_back(k);
    for (std::size_t l = 0; l < list_.size(); ++l)
        steps_.push_back((std::int64_t{1} << 33) + static_cast<std::int64_t>(random() % 100));
    for (std::size_t slot = 0; slot < kernel.arrays.size(); ++slot) fill_array(slot, fill);
    for (std::size_t k = 0; k < kernel.scalars.size(); ++k)
        scalars_.push_back(0.25 + static_cast<double>(random() % 1000) / 500);
    for (int k = 0; k < 40; ++k) samples_.push_back(static_cast<double>(random() % 4096) / 1024);
    for (std::size_t k = 0; k < kernel.signals.size(); ++k) signals_.push_back(bn_signal{samples_.data(), 8, 5, 1e-3, 0.0, 0, nullptr});
    args_.t = 0.0031;
    args_.dt = 1e-4;
    args_.step = (std::int64_t{1} << 33) + 31;
    args_.seed = 0x1234567890abcdefu + seed;
}

std::uint64_t World::random() {  // Knuth's linear congruential generator, its upper half
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return state_ >> 32;
}

/// Rows of every length from none to more than a block; repeated targets; the order turned round if indirect.
void World::make_synapses(bool indirect) {
    std::int64_t position = 0;
    for (std::uint32_t id = 3; position < kSynapses; id = (id + 7) % kNeurons) {
        const auto length = std::min<std::int64_t>(
            kSynapses - position,
            static_cast<std::int64_t>(random() % 3 == 0 ? random() % 400 : random() % 12));
        // what arrays by source hold lies elsewhere than at the source's number
        segments_.push_back({position, position + length, id, static_cast<std::uint32_t>(kNeurons) - 1 - id});
        position += length;
    }
    for (std::int64_t s = 0; s < kSynapses; ++s) {
        other_.push_back(static_cast<std::uint32_t>(random() % kNeurons));
        if (indirect) order_.push_back(static_cast<std::uint32_t>(kSynapses - 1 - s));
    }
}

void World::fill_array(std::size_t slot, Fill fill) {
    const ArraySlot& array = kernel_.arrays[slot];
    const std::size_t count = array.index == Index::synapse ? kSynapses : kNeurons;
    std::vector<unsigned char> bytes(count * size_of(array.stored, precision_));
    const auto put = [&](std::size_t k, auto value) {
        std::memcpy(bytes.data() + k * sizeof value, &value, sizeof value);
    };
    for (std::size_t k = 0; k < count; ++k) {
        const bool odd = fill == Fill::special && random() % 2 == 0;
        const double number = (static_cast<double>(random() % 65536) - 32768) / 16384;
        const auto bits = static_cast<std::int64_t>(odd ? random() << 32 | random() : random() % 7);
        switch (array.stored) {
            case Stored::real:
                if (precision_ == Precision::f32)
                    put(k, odd ? special<float>(random()) : static_cast<float>(number));
                else
                    put(k, odd ? special<double>(random()) : number);
                break;
            case Stored::f64: put(k, odd ? special<double>(random()) : number); break;
            case Stored::i64: put(k, bits); break;
            case Stored::i32: put(k, static_cast<std::int32_t>(bits)); break;
            case Stored::u32: put(k, static_cast<std::uint32_t>(bits)); break;
            case Stored::u16: put(k, static_cast<std::uint16_t>(bits)); break;
            case Stored::u8: put(k, static_cast<std::uint8_t>(bits % 3)); break;
        }
    }
    arrays_.push_back(std::move(bytes));
}

void World::run(const runtime::Callable& callable) const { run_listed(callable, 0, list_.size()); }

void World::run_each(const runtime::Callable& callable) const {
    for (std::size_t l = 0; l < list_.size(); ++l) run_listed(callable, l, 1);
}

void World::run_listed(const runtime::Callable& callable, std::size_t first, std::size_t count) const {
    std::vector<void*> pointers;
    for (const auto& bytes : arrays_) pointers.push_back(const_cast<unsigned char*>(bytes.data()));
    args_.n = kernel_.domain == Domain::elements ? kNeurons
              : kernel_.domain == Domain::listed ? static_cast<std::int64_t>(count)
                                                 : static_cast<std::int64_t>(segments_.size());
    args_.list = list_.data() + first;
    args_.steps = steps_.data() + first;
    args_.segments = segments_.data();
    args_.order = order_.data();
    args_.other = other_.data();
    args_.arrays = pointers.data();
    args_.scalars = scalars_.data();
    args_.signals = signals_.data();
    appended_ = 0;
    args_.appended = &appended_;
    callable.call(args_);
}

std::string World::difference(const World& other) const {
    if (appended_ != other.appended_)
        return std::to_string(appended_) + " and " + std::to_string(other.appended_) + " on the list";
    for (std::size_t slot = 0; slot < arrays_.size(); ++slot) {
        std::string text;
        const auto &a = arrays_[slot], &b = other.arrays_[slot];
        switch (kernel_.arrays[slot].stored) {
            case Stored::real:
                text = precision_ == Precision::f32 ? first_difference<float>(a, b)
                                                    : first_difference<double>(a, b);
                break;
            case Stored::f64: text = first_difference<double>(a, b); break;
            case Stored::i64: text = first_difference<std::int64_t>(a, b); break;
            case Stored::i32: text = first_difference<std::int32_t>(a, b); break;
            case Stored::u32: text = first_difference<std::uint32_t>(a, b); break;
            case Stored::u16: text = first_difference<std::uint16_t>(a, b); break;
            case Stored::u8: text = first_difference<std::uint8_t>(a, b); break;
        }
        if (!text.empty()) return kernel_.arrays[slot].variable.to_string() + text;
    }
    return {};
}

const std::filesystem::path& test_cache() {
    struct Folder {
        Folder() {
            std::string name = (std::filesystem::temp_directory_path() / "bouton-test-XXXXXX").string();
            if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
            path = name;
        }
        ~Folder() {
            std::error_code error;
            std::filesystem::remove_all(path, error);
        }
        std::filesystem::path path;
    };
    static const Folder folder;
    return folder.path;
}

runtime::NativeOptions test_options() {
    runtime::NativeOptions options;
    options.cache = test_cache();
    return options;
}

void expect_same(const std::vector<Kernel>& kernels, Fill fill) {
    for (const Precision precision : {Precision::f64, Precision::f32}) {
        const runtime::Module interpreted = runtime::interpret(kernels, precision);
        const runtime::Module compiled = runtime::compile(kernels, precision, test_options());
        ASSERT_EQ(interpreted.kernels.size(), kernels.size());
        ASSERT_EQ(compiled.kernels.size(), kernels.size());
        for (std::size_t k = 0; k < kernels.size(); ++k) {
            World expected(kernels[k], precision, k, fill), found(kernels[k], precision, k, fill);
            expected.run(*interpreted.kernels[k]);
            found.run(*compiled.kernels[k]);
            EXPECT_EQ(expected.difference(found), "")
                << (precision == Precision::f32 ? "float\n" : "double\n") << to_string(kernels[k]);
        }
    }
}

}  // namespace bouton::test
