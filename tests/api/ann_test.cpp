// SPDX-License-Identifier: BSD-3-Clause
// A model file, asked through the C++ interface.
#include "bouton/ann.hpp"

#include "ann/trainer.hpp"
#include "bouton/error.hpp"
#include "io/model_file.hpp"
#include "tests/api/example.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace bouton {
namespace {

/// Two inputs, three classes, no hidden layer: the logarithms of the probabilities are x W + b up to a sum.
class Model : public Folder {
protected:
    void SetUp() override {
        Folder::SetUp();
        ann::NetworkSpec spec;
        spec.inputs = 2;
        spec.layers.push_back({3, ann::Activation::softmax, ann::MaskKind::none, 1.0});
        ann::TrainingState state = ann::begin_training(spec, {});
        const float weights[3][3] = {{1.0f, 0.0f, -1.0f}, {0.0f, 2.0f, 0.0f}, {0.0f, 0.0f, 0.5f}};
        for (std::size_t j = 0; j < 3; ++j)
            for (std::size_t i = 0; i < 3; ++i) state.network.weights[0](j, i) = weights[j][i];
        file_ = folder_ / "model.h5";
        io::ModelWriter(file_, {}, "0").save(state);
    }

    std::filesystem::path file_;
};

TEST_F(Model, TellsProbabilitiesAndClasses) {
    const Classifier classifier = Classifier::load(file_);
    EXPECT_EQ(classifier.inputs(), 2U);
    EXPECT_EQ(classifier.classes(), 3U);
    const std::vector<float> examples{1.0f, 0.0f, 0.0f, 1.0f, -1.0f, 0.0f};
    const double sums[3][3] = {{1.0, 0.0, -0.5}, {0.0, 2.0, 0.5}, {-1.0, 0.0, 1.5}};
    const auto probabilities = classifier.predict(examples);
    ASSERT_EQ(probabilities.size(), 9U);
    for (std::size_t k = 0; k < 3; ++k) {
        double all = 0.0;
        for (const double sum : sums[k]) all += std::exp(sum);
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_NEAR(probabilities[3 * k + i], std::exp(sums[k][i]) / all,
                        1e-6);  // ten roundings of float
    }
    EXPECT_THAT(classifier.classify(examples), testing::ElementsAre(0, 1, 2));
    EXPECT_EQ(classifier.predict(examples, {.method = Inference::sampled, .samples = 3}), probabilities);
    EXPECT_THAT(classifier.classify({}), testing::IsEmpty());
}

TEST_F(Model, RefusesWhatCannotBe) {
    const auto told = [](const auto& work) -> std::string {
        try {
            work();
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), 2);
            return error.what();
        }
        return "nothing was thrown";
    };
    const Classifier classifier = Classifier::load(file_);
    EXPECT_EQ(told([&] { classifier.predict(std::vector<float>(3)); }),
              "3 numbers are no whole examples: the network has 2 inputs");
    EXPECT_EQ(told([&] { classifier.predict(std::vector<float>(2), {.threads = 0}); }),
              "threads: must be at least 1");
    EXPECT_THAT(told([&] { Classifier::load(folder_ / "none.h5"); }), testing::HasSubstr("no such file"));
}

}  // namespace
}  // namespace bouton
