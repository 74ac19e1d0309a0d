// SPDX-License-Identifier: BSD-3-Clause
// Outputs and files that they must not touch: inputs under other names, what other programs made, links.
#include "io/output_file.hpp"

#include "base/diagnostics.hpp"
#include "io/hdf5/objects.hpp"
#include "io/seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string content(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

class OutputFileTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) /
                  ("bouton_output_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "other");
        path_ = folder_ / "out.h5";
    }
    void TearDown() override { fs::remove_all(folder_); }

    static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
    static fs::path partial(const fs::path& path) { return path.string() + ".partial"; }

    /// What is said when `path` cannot be an output; empty if it can.
    static std::string refusal(const fs::path& path, const base::InputFiles& inputs = {}) {
        try {
            OutputFile(path, inputs).discard();
        } catch (const base::Error& error) {
            EXPECT_EQ(error.status(), 2);
            return error.what();
        }
        return {};
    }

    /// Writes an output from the beginning to the end.
    static void make(const fs::path& path, const std::string& text) {
        OutputFile output(path, {});
        write(output.partial(), text);
        output.commit();
    }

    fs::path folder_;
    fs::path path_;
};

TEST_F(OutputFileTest, TakesItsNameAtTheEnd) {
    write(path_, "older");
    OutputFile output(path_, {});
    write(output.partial(), "newer");
    EXPECT_EQ(content(path_), "older");
    output.commit();
    EXPECT_EQ(content(path_), "newer");
    EXPECT_FALSE(fs::exists(partial(path_)));
}

TEST_F(OutputFileTest, IsNoInputWhateverThatIsCalled) {
    write(path_, "input");
    base::InputFiles inputs;
    base::note_input(inputs, path_);
    ASSERT_EQ(inputs.size(), 1U);
    fs::create_symlink(path_, folder_ / "link.h5");
    fs::create_hard_link(path_, folder_ / "twin.h5");
    fs::create_hard_link(path_, folder_ / "before.h5.partial");
    for (const fs::path& name : {path_, folder_ / "." / "out.h5", folder_ / "other" / ".." / "out.h5",
                                 folder_ / "link.h5", folder_ / "twin.h5", folder_ / "before.h5"}) {
        EXPECT_THAT(refusal(name, inputs),
                    AllOf(HasSubstr("is the same file as the input"), HasSubstr(path_.string())))
            << name;
        EXPECT_EQ(content(path_), "input");
    }
    EXPECT_EQ(refusal(folder_ / "another.h5", inputs), "");
    EXPECT_EQ(refusal(folder_ / "twin.h5"), "") << "an output of before is replaced";
}

TEST_F(OutputFileTest, LeadsBehindLinks) {
    write(folder_ / "other" / "real.h5", "older");
    fs::create_symlink("other/real.h5", folder_ / "first.h5");
    fs::create_symlink("first.h5", path_);
    make(path_, "newer");
    EXPECT_TRUE(fs::is_symlink(path_));
    EXPECT_TRUE(fs::is_symlink(folder_ / "first.h5"));
    EXPECT_FALSE(fs::is_symlink(folder_ / "other" / "real.h5"));
    EXPECT_EQ(content(folder_ / "other" / "real.h5"), "newer");

    fs::create_symlink(folder_ / "other" / "none.h5", folder_ / "dangling.h5");
    make(folder_ / "dangling.h5", "new");
    EXPECT_TRUE(fs::is_symlink(folder_ / "dangling.h5"));
    EXPECT_EQ(content(folder_ / "other" / "none.h5"), "new");

    fs::create_symlink("round.h5", folder_ / "round.h5");
    EXPECT_THAT(refusal(folder_ / "round.h5"), HasSubstr("too many symbolic links"));
}

TEST_F(OutputFileTest, TwoNamesOfOneFileAreOneOutput) {
    fs::create_symlink("out.h5", folder_ / "link.h5");
    const OutputFile first(path_, {});
    EXPECT_THAT(refusal(folder_ / "link.h5"), HasSubstr("another run is writing"));
}

TEST_F(OutputFileTest, IsHeldByOne) {
    {
        const OutputFile first(path_, {});
        EXPECT_THAT(refusal(path_), HasSubstr("another run is writing"));
        EXPECT_TRUE(fs::exists(partial(path_))) << "the second took it away";
    }
    EXPECT_EQ(refusal(path_), "");
}

TEST_F(OutputFileTest, APartialFileOfOthersIsNotTouched) {
    write(folder_ / "theirs", "theirs");
    const auto expect_refused = [&](const std::string& why) {
        EXPECT_THAT(refusal(path_), AllOf(HasSubstr(why), HasSubstr("move it away or delete it")));
        EXPECT_EQ(content(folder_ / "theirs"), "theirs");
        fs::remove_all(partial(path_));
    };
    write(partial(path_), "theirs");
    EXPECT_THAT(refusal(path_), HasSubstr("is a file of another kind"));
    EXPECT_EQ(content(partial(path_)), "theirs");
    fs::remove(partial(path_));

    write(partial(path_), "\x89HDF\r\n\x1a\n and what another program writes");
    expect_refused("is a file of another kind");
    fs::create_symlink("theirs", partial(path_));
    expect_refused("is a symbolic link");
    fs::create_symlink("nowhere", partial(path_));
    expect_refused("is a symbolic link");
    EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
    fs::create_hard_link(folder_ / "theirs", partial(path_));
    expect_refused("has another name too");
    fs::create_directory(partial(path_));
    EXPECT_THAT(refusal(path_), HasSubstr("cannot open the output"));
}

TEST_F(OutputFileTest, WhatAKilledRunLeftIsReplaced) {
    const auto expect_replaced = [&] {
        make(path_, "new");
        EXPECT_EQ(content(path_), "new");
    };
    write(partial(path_), "");
    expect_replaced();
    { const Handle file = create_file(partial(path_), "1.2.3"); }
    expect_replaced();
    {
        const Handle file = create_file(partial(path_), "1.2.3");
        for (int k = 0; k < 40; ++k)
            write_attribute(file, "attribute" + std::to_string(k), std::string(5000, 'x'));
        flush_file(file);
    }
    expect_replaced();
    { const Handle file = create_file(partial(path_), "1.2.3", kSealBytes); }
    expect_replaced();
    write(partial(path_), "example,label,prediction,p0,p1\n0,1,1,0.5,0.5\n");
    expect_replaced();
}

TEST_F(OutputFileTest, RenamesAndRemovesOnlyItsOwnFile) {
    write(path_, "older");
    OutputFile output(path_, {});
    fs::remove(partial(path_));
    EXPECT_THROW(output.commit(), WriteError);
    write(partial(path_), "another's");
    EXPECT_THROW(output.commit(), WriteError);
    output.discard();
    EXPECT_EQ(content(partial(path_)), "another's");
    EXPECT_EQ(content(path_), "older");
}

TEST_F(OutputFileTest, NothingEmptyIsLeft) {
    { const OutputFile output(path_, {}); }
    EXPECT_FALSE(fs::exists(partial(path_)));
    EXPECT_THAT(refusal(""), HasSubstr("the name is empty"));
}

TEST_F(OutputFileTest, AFailedWriteNamesTheFile) {
    const OutputFile output(path_, {});
    const auto message = [&](const std::string& what, const std::string& cause) {
        try {
            output.write([&] { throw WriteError(what, cause); });
        } catch (const WriteError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const std::string file = "'" + partial(path_).string() + "'";
    EXPECT_EQ(message("write 'delay'", "No space left on device"),
              "cannot write 'delay' in " + file + ": No space left on device");
    EXPECT_EQ(message("finish", ""), "cannot finish " + file);
    EXPECT_EQ(output.write([] { return 3; }), 3);
}

}  // namespace
}  // namespace bouton::io
