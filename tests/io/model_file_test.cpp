// SPDX-License-Identifier: BSD-3-Clause
// Model files: what is saved comes back bit for bit, a file that is not whole is refused with its fault, and a save
// that fails leaves the last good one.
#include "io/model_file.hpp"

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "io/hdf5/handle.hpp"
#include "io/seal.hpp"
#include "tests/io/hdf5_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;
using ann::MaskKind;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::Hdf5Reader;

/// 40 examples of 3 x 2 pixels and 3 classes, told apart by which column is bright.
ann::Dataset some_data() {
    ann::Dataset data{"columns", 3, 2, 3, {}, {}, {}};
    for (int k = 0; k < 40; ++k) {
        for (int pixel = 0; pixel < 6; ++pixel)
            data.bytes.push_back(
                static_cast<std::uint8_t>((k * 37 + pixel * 11) % 64 + (pixel % 3 == k % 3 ? 190 : 0)));
        data.labels.push_back(static_cast<std::uint8_t>(k % 3));
    }
    return data;
}

/// No value in it is that of a default.
ann::NetworkSpec some_network() {
    ann::NetworkSpec network;
    network.inputs = 6;
    network.layers = {{5, ann::Activation::tanh, MaskKind::dropconnect, 0.3},
                      {17, ann::Activation::sigmoid, MaskKind::dropout, 0.7},
                      {3, ann::Activation::softmax, MaskKind::dropconnect, 0.9}};
    network.scaling = ann::Scaling::inverted;
    network.input_shift = 0.1307;
    network.input_scale = 1.0 / 0.3081;
    return network;
}

ann::TrainingSpec some_training() {
    ann::TrainingSpec training;
    training.batch = 7;
    training.epochs = 4;
    training.learning_rate = 0.03;
    training.momentum = 0.8;
    training.weight_decay = 1e-5;
    training.bias_rate = 2.0;
    training.stages = {{1, 1.0}, {3, 1.0 / 3.0}};
    training.initial = ann::Initial::he;
    training.initial_scale = 0.2;
    training.augmentation = {0.5, 10.0, 0.1};
    training.seed = std::numeric_limits<std::uint64_t>::max();
    return training;
}

void expect_same_bits(const ann::Matrix& a, const ann::Matrix& b) {
    ASSERT_EQ(a.rows(), b.rows());
    ASSERT_EQ(a.columns(), b.columns());
    ASSERT_EQ(a.bytes(), b.bytes());
    EXPECT_EQ(std::memcmp(a.row(0), b.row(0), a.bytes()), 0);  // padding included
}

void expect_same_layer(const ann::LayerSpec& a, const ann::LayerSpec& b) {
    EXPECT_EQ(a.units, b.units);
    EXPECT_EQ(a.activation, b.activation);
    EXPECT_EQ(a.mask, b.mask);
    EXPECT_EQ(a.keep, b.keep);
}

void expect_same_record(const ann::EpochRecord& a, const ann::EpochRecord& b) {
    EXPECT_EQ(a.epoch, b.epoch);
    EXPECT_EQ(a.learning_rate, b.learning_rate);
    EXPECT_EQ(a.loss, b.loss);
    EXPECT_EQ(a.masked_error, b.masked_error);
    EXPECT_EQ(std::isnan(a.train_error), std::isnan(b.train_error));
    EXPECT_EQ(a.test_error, b.test_error);
    EXPECT_EQ(a.seconds, b.seconds);
}

class ModelFileTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) /
                  ("bouton_model_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        path_ = folder_ / "model.h5";
    }
    void TearDown() override { fs::remove_all(folder_); }

    /// A network that was trained for so many epochs.
    ann::TrainingState trained(std::size_t epochs) {
        auto state = ann::begin_training(some_network(), some_training());
        state.training.epochs = epochs;
        state.training.stages = {{1, 1.0}, {epochs - 1, 1.0 / 3.0}};
        ann::train(state, data_, &data_, pool_);
        return state;
    }

    void save(const ann::TrainingState& state) { ModelWriter(path_, {}, "1.2.3").save(state); }

    /// Changes the file through HDF5, then expects load_model to refuse it in these words.
    void expect_refused(const std::function<void(hid_t)>& spoil, const std::string& words) {
        save(trained(2));
        const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        ASSERT_GE(file, 0);
        spoil(file);
        H5Fclose(file);
        write_seal(path_, {"bouton model", 2});
        expect_refused(words);
    }

    void expect_refused(const std::string& words) {
        try {
            load_model(path_);
            ADD_FAILURE() << "accepted, but expected: " << words;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            EXPECT_THAT(error.what(), HasSubstr(words));
            EXPECT_THAT(error.what(), HasSubstr("cannot read the model '" + path_.string() + "': "));
        }
    }

    fs::path folder_;
    fs::path path_;
    ann::Dataset data_ = some_data();
    base::ThreadPool pool_{2};
};

TEST_F(ModelFileTest, GivesBackWhatWasSaved) {
    const auto saved = trained(3);
    save(saved);
    const auto read = load_model(path_);

    const auto &a = saved.network.spec, &b = read.network.spec;
    EXPECT_EQ(a.inputs, b.inputs);
    EXPECT_EQ(a.scaling, b.scaling);
    EXPECT_EQ(a.input_shift, b.input_shift);
    EXPECT_EQ(a.input_scale, b.input_scale);
    ASSERT_EQ(a.layers.size(), b.layers.size());
    for (std::size_t k = 0; k < a.layers.size(); ++k) {
        expect_same_layer(a.layers[k], b.layers[k]);
        expect_same_bits(saved.network.weights[k], read.network.weights[k]);
        expect_same_bits(saved.velocities[k], read.velocities[k]);
    }
    EXPECT_EQ(saved.epoch, read.epoch);
    EXPECT_EQ(saved.step, read.step);
    EXPECT_EQ(saved.data, read.data);
    ASSERT_EQ(saved.history.size(), read.history.size());
    for (std::size_t k = 0; k < saved.history.size(); ++k)
        expect_same_record(saved.history[k], read.history[k]);
}

TEST_F(ModelFileTest, GivesBackHowItIsTrained) {
    save(ann::begin_training(some_network(), some_training()));
    const auto a = some_training(), b = load_model(path_).training;
    EXPECT_EQ(a.batch, b.batch);
    EXPECT_EQ(a.epochs, b.epochs);
    EXPECT_EQ(a.learning_rate, b.learning_rate);
    EXPECT_EQ(a.momentum, b.momentum);
    EXPECT_EQ(a.weight_decay, b.weight_decay);
    EXPECT_EQ(a.bias_rate, b.bias_rate);
    EXPECT_EQ(a.decay, b.decay);
    ASSERT_EQ(a.stages.size(), b.stages.size());
    for (std::size_t k = 0; k < a.stages.size(); ++k) {
        EXPECT_EQ(a.stages[k].epochs, b.stages[k].epochs);
        EXPECT_EQ(a.stages[k].factor, b.stages[k].factor);
    }
    EXPECT_EQ(a.initial, b.initial);
    EXPECT_EQ(a.initial_scale, b.initial_scale);
    EXPECT_EQ(a.augmentation.shift, b.augmentation.shift);
    EXPECT_EQ(a.augmentation.rotation, b.augmentation.rotation);
    EXPECT_EQ(a.augmentation.scale, b.augmentation.scale);
    EXPECT_EQ(a.seed, b.seed);
}

TEST_F(ModelFileTest, GivesBackACosineSchedule) {
    auto training = some_training();
    training.decay = ann::Decay::cosine;
    training.stages.clear();
    save(ann::begin_training(some_network(), training));
    const auto read = load_model(path_).training;
    EXPECT_EQ(read.decay, ann::Decay::cosine);
    EXPECT_TRUE(read.stages.empty());
}

TEST_F(ModelFileTest, TrainingGoesOnBitForBit) {
    const auto straight = trained(4);
    auto first = ann::begin_training(some_network(), straight.training);
    base::Stop stop;
    const base::StopScope scope(&stop);
    ann::TrainingOptions options;
    options.epoch_done = [&](const ann::TrainingState& state, const ann::EpochRecord&) {
        if (state.epoch == 2) stop.request();
    };
    EXPECT_TRUE(ann::train(first, data_, nullptr, pool_, options).stopped);
    save(first);
    stop.clear();

    auto second = load_model(path_);
    EXPECT_EQ(second.epoch, 2u);
    base::ThreadPool alone(1);
    ann::train(second, data_, nullptr, alone);
    EXPECT_EQ(second.step, straight.step);
    for (std::size_t k = 0; k < straight.velocities.size(); ++k) {
        expect_same_bits(straight.network.weights[k], second.network.weights[k]);
        expect_same_bits(straight.velocities[k], second.velocities[k]);
    }
}

TEST_F(ModelFileTest, IsReadableByOthers) {
    const auto state = trained(2);
    save(state);
    const Hdf5Reader read(path_);
    ASSERT_TRUE(read.opened());
    EXPECT_EQ(read.text("format"), "bouton model");
    EXPECT_EQ(read.text("bouton_version"), "1.2.3");
    EXPECT_EQ(read.text("scaling"), "inverted");
    EXPECT_EQ(read.number("epoch"), 2);
    const auto weights = read.numbers("/layers/1/weights");
    EXPECT_THAT(weights.shape, ElementsAre(5, 17));
    EXPECT_EQ(weights.element_bytes, 4u);
    EXPECT_EQ(weights.values[2 * 17 + 3], static_cast<double>(state.network.weights[1](2, 3)));
    EXPECT_EQ(read.numbers("/layers/1/biases").values[16],
              static_cast<double>(state.network.weights[1](5, 16)));
    EXPECT_THAT(read.numbers("/layers/2/bias_velocity").shape, ElementsAre(3));
    EXPECT_THAT(read.numbers("/history/epoch").values, ElementsAre(1, 2));
}

TEST_F(ModelFileTest, RefusesWhatIsNoModel) {
    expect_refused("there is no such file");
    std::ofstream(path_) << "PK, or some other file";
    expect_refused("it does not begin as a bouton model does");
    fs::remove(path_);
    fs::create_directory(path_);
    expect_refused("it is not an ordinary file");
    fs::remove(path_);
    H5Fclose(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    expect_refused("it is an HDF5 file, but not a model of bouton");
}

TEST_F(ModelFileTest, RefusesAFileThatIsCutOff) {
    save(trained(2));
    const auto whole = fs::file_size(path_);
    for (const std::uintmax_t size : {whole - 1, whole / 2, std::uintmax_t{600}, std::uintmax_t{100}}) {
        fs::resize_file(path_, size);
        SCOPED_TRACE(size);
        expect_refused(size > 512 ? "cut off" : "damaged");
    }
    fs::resize_file(path_, 4);
    expect_refused("it does not begin as a bouton model does");
}

void remove(hid_t file, const char* name) { H5Ldelete(file, name, H5P_DEFAULT); }

/// Puts a dataset of other values in the place of one.
void replace(hid_t file, const char* name, std::vector<hsize_t> shape, const std::vector<float>& values) {
    remove(file, name);
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t dataset =
        H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(dataset);
    H5Sclose(space);
}

/// HDF5 1.10 cannot write an attribute that was opened by the name of its group.
void set_number(hid_t file, const char* group_name, const char* name, double value) {
    const hid_t group = H5Gopen2(file, group_name, H5P_DEFAULT);
    const hid_t attribute = H5Aopen(group, name, H5P_DEFAULT);
    EXPECT_GE(H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value), 0);
    H5Aclose(attribute);
    H5Gclose(group);
}

TEST_F(ModelFileTest, RefusesWhatIsMissing) {
    expect_refused([](hid_t file) { remove(file, "/layers/1/weights"); }, "/layers/1/weights is missing");
    expect_refused([](hid_t file) { remove(file, "/layers/0/bias_velocity"); },
                   "/layers/0/bias_velocity is missing");
    expect_refused([](hid_t file) { remove(file, "/layers/2"); }, "/layers/2 is missing");
    expect_refused([](hid_t file) { remove(file, "/history/loss"); }, "/history/loss is missing");
    expect_refused([](hid_t file) { H5Adelete(file, "step"); }, "the attribute 'step' of / is missing");
    expect_refused([](hid_t file) { H5Adelete_by_name(file, "/training", "momentum", H5P_DEFAULT); },
                   "the attribute 'momentum' of /training is missing");
}

TEST_F(ModelFileTest, RefusesAnotherShape) {
    expect_refused(
        [](hid_t file) {
            replace(file, "/layers/0/weights", {5, 6}, std::vector<float>(30));
        },
        "/layers/0/weights has the shape [5, 6], not [6, 5]");
    expect_refused([](hid_t file) { replace(file, "/layers/0/weights", {30}, std::vector<float>(30)); },
                   "/layers/0/weights has the shape [30], not [6, 5]");
    expect_refused([](hid_t file) { replace(file, "/layers/1/biases", {16}, std::vector<float>(16)); },
                   "/layers/1/biases has the shape [16], not [17]");
    expect_refused([](hid_t file) { set_number(file, "/", "inputs", 7); },
                   "has the shape [6, 5], not [7, 5]");
    expect_refused([](hid_t file) { set_number(file, "/", "epoch", 3); },
                   "3 epochs are finished, but /history has 2");
}

TEST_F(ModelFileTest, RefusesWhatIsNotFinite) {
    static constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    static constexpr float infinity = std::numeric_limits<float>::infinity();
    expect_refused([](hid_t file) { replace(file, "/layers/1/biases", {17}, std::vector<float>(17, nan)); },
                   "/layers/1/biases holds values that are not finite");
    expect_refused(
        [](hid_t file) {
            replace(file, "/layers/2/weight_velocity", {17, 3}, std::vector<float>(51, infinity));
        },
        "/layers/2/weight_velocity holds values that are not finite");
}

TEST_F(ModelFileTest, RefusesWhatCannotBe) {
    expect_refused([](hid_t file) { set_number(file, "/layers/0", "keep", 1.5); },
                   "keep 1.5: must lie in (0, 1]");
    expect_refused([](hid_t file) { set_number(file, "/layers/0", "units", 0); }, "units 0: must lie in");
    expect_refused([](hid_t file) { set_number(file, "/layers/0", "units", 1e15); }, "which is too much");
    expect_refused([](hid_t file) { set_number(file, "/training", "momentum", 1.0); },
                   "momentum 1: must lie in");
    expect_refused([](hid_t file) { set_number(file, "/", "format_version", 3); },
                   "a later bouton wrote it, in format 3; this one reads format 2");
}

TEST_F(ModelFileTest, AnOutputThatCannotBeIsRefusedAtOnce) {
    const auto status = [](const fs::path& path) {
        try {
            ModelWriter(path, {}, "1");
        } catch (const base::Error& error) {
            return error.status();
        }
        return 0;
    };
    EXPECT_EQ(status(folder_ / "none" / "model.h5"), 2);
    EXPECT_EQ(status(folder_), 2);
    const ModelWriter first(path_, {}, "1");
    EXPECT_EQ(status(path_), 2);
}

TEST_F(ModelFileTest, SavesAgainAndAgain) {
    {
        ModelWriter writer(path_, {}, "1");
        EXPECT_FALSE(fs::exists(path_));
        for (const std::size_t epochs : {1, 2, 3}) {
            auto state = ann::begin_training(some_network(), some_training());
            state.history.resize(epochs);
            state.epoch = epochs;
            writer.save(state);
            EXPECT_EQ(load_model(path_).epoch, epochs);
        }
    }
    EXPECT_THAT(fs::directory_iterator(folder_)->path(), path_);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(ModelFileTest, AFullDiskIsToldAndLeavesTheLastGoodModel) {
    auto network = some_network();
    network.layers.front().units = 4000;
    network.layers[1].units = 500;
    const auto good = trained(2);
    save(good);
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit = {1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        try {
            save(ann::begin_training(network, some_training()));
        } catch (const WriteError& error) {
            const std::string_view text = error.what();
            _exit(text.find("model.h5.partial': File too large") == std::string_view::npos ? 4 : 3);
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 3);
    expect_same_bits(load_model(path_).network.weights[0], good.network.weights[0]);
    EXPECT_FALSE(fs::exists(path_.string() + ".partial"));
}

}  // namespace
}  // namespace bouton::io
