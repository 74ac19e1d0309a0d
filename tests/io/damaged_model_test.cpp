// SPDX-License-Identifier: BSD-3-Clause
// Model files that something happened to: each is refused with what is wrong, none reaches the parser of HDF5, and none
// is read with other numbers. And what cannot be read is never written.
#include "base/diagnostics.hpp"
#include "io/model_file.hpp"
#include "io/seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <random>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

ann::TrainingState some_training(std::size_t hidden_layers = 1) {
    ann::NetworkSpec network;
    network.inputs = 4;
    for (std::size_t k = 0; k < hidden_layers; ++k) network.layers.push_back({3});
    network.layers.push_back({2, ann::Activation::softmax});
    ann::TrainingState state = ann::begin_training(network, {.seed = 5});
    state.data = "nothing yet";
    return state;
}

class DamagedModelTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) /
                  ("bouton_damaged_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        path_ = folder_ / "model.h5";
        ModelWriter(path_, {}, "1.2.3").save(some_training());
        sound_ = read();
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string read() const {
        std::ifstream in(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& content) const {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
    }
    /// The message that a file of this content is refused with; empty, and a failure, if it is not.
    std::string refusal(const std::string& content) const {
        write(content);
        return refusal();
    }
    std::string refusal() const {
        try {
            load_model(path_);
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            EXPECT_THAT(error.what(), HasSubstr("cannot read the model '" + path_.string() + "': "));
            return error.what();
        }
        ADD_FAILURE() << "accepted";
        return "";
    }

    fs::path folder_, path_;
    std::string sound_;
};

TEST_F(DamagedModelTest, EveryByteCounts) {
    std::mt19937 random(1);
    for (std::size_t at = 0; at < sound_.size(); at += 1 + random() % 30) {
        SCOPED_TRACE(at);
        std::string changed = sound_;
        changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
        refusal(changed);
    }
}

TEST_F(DamagedModelTest, EveryLengthCounts) {
    for (std::size_t size = 0; size < sound_.size(); size += 241) {
        SCOPED_TRACE(size);
        refusal(sound_.substr(0, size));
        refusal(sound_ + std::string(size + 1, size % 2 == 0 ? '\0' : 'x'));
        refusal(std::string(size + 1, '\0') + sound_);
    }
}

TEST_F(DamagedModelTest, PiecesOfItselfAndOfOthersAreFound) {
    ModelWriter(path_, {}, "1.2.4").save(some_training());
    const std::string other = read();
    ASSERT_NE(other, sound_);
    ASSERT_EQ(other.size(), sound_.size());
    std::mt19937 random(2);
    for (int trial = 0; trial < 300; ++trial) {
        SCOPED_TRACE(trial);
        const std::size_t size = 1 + random() % 600;
        const std::size_t from = random() % (sound_.size() - size), to = random() % (sound_.size() - size);
        std::string changed = sound_;
        switch (trial % 3) {
            case 0: changed.replace(to, size, sound_, from, size); break;
            case 1: changed.replace(to, size, other, to, size); break;
            default: changed.replace(to, size, size, '\0'); break;
        }
        if (changed != sound_ && changed != other) refusal(changed);
    }
    EXPECT_THAT(refusal(sound_.substr(0, kSealBytes) + other.substr(kSealBytes)), HasSubstr("damaged"));
}

TEST_F(DamagedModelTest, AChangeThroughHdf5IsFound) {
    const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    const hid_t dataset = H5Dopen2(file, "/layers/1/biases", H5P_DEFAULT);
    const float values[2] = {1.0f, 2.0f};
    ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
    H5Dclose(dataset);
    H5Fclose(file);
    EXPECT_THAT(refusal(), HasSubstr("it is damaged or was changed"));
}

/// Files of the first format have no head: they begin with HDF5's signature.
TEST_F(DamagedModelTest, TheFirstFormatIsReadByItsOwnRules) {
    write(sound_.substr(kSealBytes));
    EXPECT_THAT(refusal(), HasSubstr("its first 512 bytes, which hold its checksum, are missing"));
    const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    const hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
    const std::uint64_t one = 1;
    ASSERT_GE(H5Awrite(attribute, H5T_NATIVE_UINT64, &one), 0);
    H5Aclose(attribute);
    H5Fclose(file);
    const ann::TrainingState read = load_model(path_);
    EXPECT_EQ(read.training.seed, 5u);
    EXPECT_EQ(read.network.weights[1](2, 1), some_training().network.weights[1](2, 1));
    ModelWriter(path_, {}, "1.2.3").save(read);
    EXPECT_EQ(this->read(), sound_);
}

/// Whatever a training has become, the file before it stays until another one can be read.
TEST_F(DamagedModelTest, WhatCannotBeReadIsNotWritten) {
    const auto expect_unsaved = [&](const ann::TrainingState& state, const std::string& words) {
        SCOPED_TRACE(words);
        try {
            ModelWriter(path_, {}, "2").save(state);
            ADD_FAILURE() << "saved";
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 1);
            EXPECT_THAT(error.what(), HasSubstr("cannot save the model '" + path_.string() + "': "));
            EXPECT_THAT(error.what(), HasSubstr(words));
        }
        EXPECT_EQ(read(), sound_);
        EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
    };
    for (const float value :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        ann::TrainingState state = some_training();
        state.network.weights[1](3, 1) = value;
        expect_unsaved(state, "/layers/1/biases holds values that are not finite");
        state = some_training();
        state.velocities[0](0, 0) = value;
        expect_unsaved(state, "/layers/0/weight_velocity holds values that are not finite");
    }
    expect_unsaved(some_training(ann::kMostLayers), "the attribute 'layers' is 1001, which is too much");
    ann::TrainingState state = some_training();
    state.training.batch = ann::kWidest + 1;
    expect_unsaved(state, "batch");
    state = some_training();
    state.epoch = 1;
    expect_unsaved(state, "/history");
    ModelWriter(path_, {}, "2").save(some_training(ann::kMostLayers - 1));
    EXPECT_EQ(load_model(path_).network.weights.size(), ann::kMostLayers);
}

}  // namespace
}  // namespace bouton::io
