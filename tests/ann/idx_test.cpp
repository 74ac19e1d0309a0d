// SPDX-License-Identifier: BSD-3-Clause
// IDX files as they should be and as they should not; none of the bad ones may do more than be refused.
#include "ann/idx.hpp"

#include "ann/idx_array.hpp"
#include "base/diagnostics.hpp"
#include "tests/ann/idx_files.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <functional>

namespace bouton::ann {
namespace {

using tests::gzip;
using tests::idx_bytes;
using tests::write_file;

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const base::DiagnosticError& error) {
        EXPECT_EQ(error.status(), 2);
        return error.what();
    }
    return "no error";
}

std::string refusal(const std::string& bytes, std::size_t dimensions = 1) {
    const tests::TemporaryFolder folder;
    write_file(folder / "file", bytes);
    std::string message = message_of([&] { read_idx(folder / "file", dimensions); });
    if (const auto at = message.find(folder.path().string()); at != std::string::npos)
        message.erase(at, folder.path().string().size() + 1);
    return message.substr(0, message.find('\n'));
}

TEST(IdxArray, RawAndPacked) {
    const tests::TemporaryFolder folder;
    const auto bytes = idx_bytes({3, 2, 4}, 24);
    write_file(folder / "raw", bytes);
    write_file(folder / "packed.gz", gzip(bytes));
    for (const char* name : {"raw", "packed.gz"}) {
        const auto array = read_idx(folder / name, 3);
        EXPECT_THAT(array.shape, testing::ElementsAre(3, 2, 4));
        ASSERT_EQ(array.values.size(), 24u);
        for (std::size_t i = 0; i < 24; ++i) EXPECT_EQ(array.values[i], i);
        EXPECT_EQ(array.sha256,
                  "f306ce2e995b1cc4b0a029f4908cc434de3e8422af6e97c768372caae5e87fee");  // as sha256sum has it
    }
}

TEST(IdxArray, LongerThanOneChunk) {
    const tests::TemporaryFolder folder;
    write_file(folder / "long", gzip(idx_bytes({3000001}, 3000001, 251)));
    const auto array = read_idx(folder / "long", 1);
    ASSERT_EQ(array.values.size(), 3000001u);
    for (std::size_t i = 0; i < array.values.size(); ++i) ASSERT_EQ(array.values[i], i % 251);
}

TEST(IdxArray, NoValuesAtAll) {
    const tests::TemporaryFolder folder;
    write_file(folder / "none", idx_bytes({0}, 0));
    EXPECT_TRUE(read_idx(folder / "none", 1).values.empty());
}

TEST(IdxArray, BadContentIsRefused) {
    EXPECT_EQ(refusal(""), "error[E703]: 'file': empty");
    EXPECT_EQ(refusal(std::string("\0\0", 2)),
              "error[E702]: 'file': not an IDX file of bytes in 1 dimension: it begins with 00 00, expected "
              "00 00 08 01");
    EXPECT_EQ(refusal("P5 28 28"),
              "error[E702]: 'file': not an IDX file of bytes in 1 dimension: it begins with 50 35 20 32, "
              "expected 00 00 08 01");
    EXPECT_EQ(refusal(idx_bytes({1}, 1), 3),
              "error[E702]: 'file': not an IDX file of bytes in 3 dimensions: it begins with 00 00 08 01, "
              "expected 00 00 08 03");
    EXPECT_EQ(refusal(idx_bytes({7, 2, 2}, 28).substr(0, 15), 3),
              "error[E703]: 'file': cut off within its header");
    EXPECT_EQ(refusal(idx_bytes({7, 2, 2}, 27), 3),
              "error[E703]: 'file': cut off: 27 bytes follow the header, which states 7 x 2 x 2");
    EXPECT_EQ(refusal(idx_bytes({7, 2, 2}, 29), 3),
              "error[E703]: 'file': too long: more bytes follow the header than the 7 x 2 x 2 it states");
    EXPECT_EQ(refusal(idx_bytes({0}, 1)),
              "error[E703]: 'file': too long: more bytes follow the header than the 0 it states");
}

TEST(IdxArray, HugeSizesTakeNoMemory) {
    EXPECT_EQ(refusal(idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, 10), 3),
              "error[E703]: 'file': no file holds the 4294967295 x 4294967295 x 4294967295 values that its "
              "header states");
    EXPECT_EQ(
        refusal(idx_bytes({0x80000000, 0x80000000, 4}, 10), 3),
        "error[E703]: 'file': no file holds the 2147483648 x 2147483648 x 4 values that its header states");
    EXPECT_EQ(
        refusal(idx_bytes({0xffffffff, 0xffffffff, 1}, 10), 3),
        "error[E703]: 'file': cut off: 10 bytes follow the header, which states 4294967295 x 4294967295 x 1");
}

TEST(IdxArray, EveryCutOfAPackedFileIsRefused) {
    const auto packed = gzip(idx_bytes({40}, 40));
    for (std::size_t size = 0; size < packed.size(); ++size)
        EXPECT_THAT(refusal(packed.substr(0, size)), testing::StartsWith("error[E70")) << size;
    EXPECT_EQ(refusal(packed.substr(0, packed.size() - 5)),
              "error[E703]: 'file': cut off: its gzip data end early");
}

TEST(IdxArray, EveryDamagedByteOfPackedContentIsSeen) {
    const auto packed = gzip(idx_bytes({40}, 40));
    for (std::size_t at = 10; at < packed.size();
         ++at) {  // behind gzip's header, whose time and system are free
        auto damaged = packed;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        EXPECT_THAT(refusal(damaged), testing::StartsWith("error[E70")) << at;
    }
}

TEST(IdxArray, WhatIsNoFile) {
    const tests::TemporaryFolder folder;
    EXPECT_THAT(message_of([&] { read_idx(folder / "missing", 1); }), testing::HasSubstr("no such file"));
    EXPECT_THAT(message_of([&] { read_idx(folder.path(), 1); }), testing::HasSubstr("not an ordinary file"));
}

/// A small data set of two classes: 6 images of 2 x 3 pixels.
void write_small(const tests::TemporaryFolder& folder, const std::string& part = "train") {
    write_file(folder / (part + "-images-idx3-ubyte"), idx_bytes({6, 2, 3}, 36));
    write_file(folder / (part + "-labels-idx1-ubyte.gz"), gzip(idx_bytes({6}, 6, 2)));
}

TEST(Idx, AFolderOfOtherData) {
    const tests::TemporaryFolder folder;
    write_small(folder, "t10k");
    const auto data = load_mnist_part(folder.path(), Part::test, {.classes = 2});
    EXPECT_THAT(data.name, testing::StartsWith("t10k-images-idx3-ubyte "));
    EXPECT_EQ(data.size(), 6u);
    EXPECT_EQ(data.height, 2u);
    EXPECT_EQ(data.width, 3u);
    EXPECT_EQ(data.classes, 2u);
    EXPECT_THAT(data.labels, testing::ElementsAre(0, 1, 0, 1, 0, 1));
    std::vector<float> pixels(6);
    data.read(1, pixels.data());
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(pixels[i], static_cast<float>(6 + i) / 255.0f);
}

TEST(Idx, NamesTellContentsApart) {
    const tests::TemporaryFolder folder;
    write_small(folder);
    const auto before = load_mnist_part(folder.path(), Part::train).name;
    EXPECT_EQ(load_mnist_part(folder.path(), Part::train).name, before);
    write_file(folder / "train-images-idx3-ubyte", idx_bytes({6, 2, 3}, 36, 35));
    EXPECT_NE(load_mnist_part(folder.path(), Part::train).name, before);
}

TEST(Idx, MissingFiles) {
    const tests::TemporaryFolder folder;
    const auto load = [&] { load_mnist_part(folder.path(), Part::train); };
    EXPECT_THAT(message_of(load),
                testing::HasSubstr("holds neither train-images-idx3-ubyte.gz nor train-images-idx3-ubyte\n"
                                   "  put MNIST's four files into this folder or name another"));
    write_small(folder);
    std::filesystem::remove(folder / "train-labels-idx1-ubyte.gz");
    EXPECT_THAT(message_of(load), testing::HasSubstr("holds neither train-labels-idx1-ubyte.gz nor"));
    EXPECT_THAT(message_of([&] { load_mnist_part(folder / "nowhere", Part::train); }),
                testing::HasSubstr("nowhere': no such folder"));
}

TEST(Idx, LabelsMustFit) {
    const tests::TemporaryFolder folder;
    write_small(folder);
    EXPECT_THAT(message_of([&] { load_mnist_part(folder.path(), Part::train, {.classes = 1}); }),
                testing::HasSubstr("label 1 of example 1, expected 0 to 0\n  state the number of classes"));
    write_file(folder / "train-labels-idx1-ubyte.gz", gzip(idx_bytes({5}, 5, 2)));
    EXPECT_THAT(message_of([&] { load_mnist_part(folder.path(), Part::train); }),
                testing::AllOf(testing::StartsWith("error[E704]"), testing::HasSubstr("holds 5 labels, but"),
                               testing::HasSubstr("6 images")));
}

TEST(Idx, EmptyDataAreRefused) {
    const tests::TemporaryFolder folder;
    write_file(folder / "train-images-idx3-ubyte", idx_bytes({0, 28, 28}, 0));
    write_file(folder / "train-labels-idx1-ubyte", idx_bytes({0}, 0));
    EXPECT_THAT(message_of([&] { load_mnist_part(folder.path(), Part::train); }),
                testing::HasSubstr("holds no image"));
}

TEST(Idx, OtherDataOfMnistsSizeMustBeSaidToBeSo) {
    const tests::TemporaryFolder folder;
    write_file(folder / "t10k-images-idx3-ubyte", idx_bytes({10000, 28, 28}, 7840000));
    write_file(folder / "t10k-labels-idx1-ubyte", idx_bytes({10000}, 10000, 10));
    const auto message = message_of([&] { load_mnist_part(folder.path(), Part::test); });
    EXPECT_THAT(message, testing::StartsWith("error[E705]"));
    EXPECT_THAT(message, testing::HasSubstr(
                             "expected 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7\n"
                             "  fetch the file again; if the folder holds other data"));
    const auto data = load_mnist_part(folder.path(), Part::test, {.any_data = true});
    EXPECT_EQ(data.size(), 10000u);
    EXPECT_NE(data.name, "MNIST");
}

/// Runs where the environment variable BOUTON_DATA names a folder with MNIST.
TEST(Idx, TheOriginal) {
    const char* folder = std::getenv("BOUTON_DATA");
    if (folder == nullptr) GTEST_SKIP() << "BOUTON_DATA names no folder";
    for (const Part part : {Part::train, Part::test}) {
        const auto data = load_mnist_part(folder, part);
        EXPECT_EQ(data.name, "MNIST");
        EXPECT_EQ(data.size(), part == Part::train ? 60000u : 10000u);
        EXPECT_EQ(data.features(), 784u);
        EXPECT_EQ(data.labels[0], part == Part::train ? 5 : 7);
    }
}

}  // namespace
}  // namespace bouton::ann
