// SPDX-License-Identifier: BSD-3-Clause
// Sealed files: whatever is changed in one, anywhere, is found, and told.
#include "io/seal.hpp"

#include "io/hdf5/readers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <random>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr SealKind kKind{"bouton thing", 3};

class SealTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = fs::path(testing::TempDir()) /
                ("bouton_seal_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
    }
    void TearDown() override { fs::remove(path_); }

    void write(const std::string& content) { std::ofstream(path_, std::ios::binary) << content; }
    std::string read() const {
        std::ifstream in(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// What check_seal says, or an empty string.
    std::string verdict(const SealKind& kind = kKind) const {
        try {
            check_seal(path_, kind);
        } catch (const ReadError& error) {
            EXPECT_EQ(error.status(), 2);
            return error.what();
        }
        return "";
    }

    fs::path path_;
};

TEST_F(SealTest, SaysWhatFollows) {
    write(std::string(kSealBytes, '\0') + "abc");
    write_seal(path_, kKind);
    const std::string content = read();
    ASSERT_EQ(content.size(), kSealBytes + 3);
    EXPECT_EQ(content.substr(kSealBytes), "abc");
    EXPECT_EQ(content.substr(0, 23), "bouton thing, format 3\n");
    EXPECT_THAT(content, HasSubstr("\nbytes 3\n"));
    EXPECT_THAT(content,
                HasSubstr("\nsha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"));
    EXPECT_EQ(verdict(), "");
    write_seal(path_, kKind);
    EXPECT_EQ(read(), content);
}

TEST_F(SealTest, HoldsForAnyLength) {
    std::mt19937 random(1);
    for (const std::size_t size : {0, 1, 511, 512, 513, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20}) {
        std::string rest(size, '\0');
        for (char& byte : rest) byte = static_cast<char>(random());
        write(std::string(kSealBytes, 'x') + rest);
        write_seal(path_, kKind);
        EXPECT_EQ(verdict(), "") << size;
        std::string changed = read();
        changed.back() = static_cast<char>(changed.back() ^ 1);
        write(changed);
        EXPECT_NE(verdict(), "") << size;
    }
}

TEST_F(SealTest, EveryBitOfAFileCounts) {
    write(std::string(kSealBytes, '\0') + "The rest.");
    write_seal(path_, kKind);
    const std::string sound = read();
    for (std::size_t at = 0; at < sound.size(); ++at) {
        const bool words = at < 240 || at >= kSealBytes;  // the rest is spaces: a bit of each will do
        for (int bit = words ? 0 : static_cast<int>(at % 8); bit < (words ? 8 : static_cast<int>(at % 8) + 1);
             ++bit) {
            std::string changed = sound;
            changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
            write(changed);
            EXPECT_NE(verdict(), "") << "byte " << at << ", bit " << bit;
        }
    }
}

TEST_F(SealTest, EveryLengthCounts) {
    write(std::string(kSealBytes, '\0') + "The rest of a small file.");
    write_seal(path_, kKind);
    const std::string sound = read();
    for (std::size_t size = 0; size < sound.size(); ++size) {
        write(sound.substr(0, size));
        EXPECT_NE(verdict(), "") << size;
    }
    EXPECT_EQ(verdict(), "it is cut off: 24 bytes follow its head, which says 25; use a copy of it");
    for (const std::size_t more : {1, 512, 100'000}) {
        write(sound + std::string(more, '\0'));
        EXPECT_THAT(verdict(), HasSubstr("it is longer than it was written: ")) << more;
    }
    write("x" + sound);
    EXPECT_EQ(verdict(), "it does not begin as a bouton thing does");
}

TEST_F(SealTest, KindAndFormatAreTold) {
    write(std::string(kSealBytes, '\0') + "abc");
    write_seal(path_, {"bouton other", 3});
    EXPECT_EQ(verdict(), "it does not begin as a bouton thing does");
    write_seal(path_, {"bouton thing", 4});
    EXPECT_EQ(verdict(), "a later bouton wrote it, in format 4; this one reads format 3");
    write_seal(path_, {"bouton thing", 2});
    EXPECT_EQ(verdict(), "another bouton wrote it, in format 2; this one reads format 3");
    write("");
    EXPECT_EQ(verdict(), "it does not begin as a bouton thing does");
    fs::remove(path_);
    EXPECT_EQ(verdict(), "No such file or directory");
    EXPECT_THROW(write_seal(path_, kKind), WriteError);
}

}  // namespace
}  // namespace bouton::io
