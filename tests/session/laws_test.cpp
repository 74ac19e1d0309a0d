// SPDX-License-Identifier: BSD-3-Clause
// Laws of sessions on every example, in double and float: whatever is done to a session that changes no value (runs of any length,
// looking, storing, going back, copying, saving and resuming with other threads), it comes to the bits of the run that
// was left alone.
#include "session/session.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

struct Example {
    fs::path file;
    std::string precision;
};

std::ostream& operator<<(std::ostream& out, const Example& of) {
    return out << of.file.stem().string() << "_" << of.precision;
}

std::vector<Example> examples() {
    std::vector<Example> found;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(BOUTON_SOURCE_DIR) / "examples"))
        if (entry.path().extension() == ".toml" && entry.path().stem() != "digits")  // it wants MNIST
            for (const char* precision : {"double", "float"}) found.push_back({entry.path(), precision});
    std::sort(found.begin(), found.end(), [](const Example& a, const Example& b) {
        return std::tie(a.file, a.precision) < std::tie(b.file, b.precision);
    });
    return found;
}

Options options(int threads) {
    Options options;
    options.backend = sim::Backend::interpreted;
    options.threads = threads;
    return options;
}

std::unique_ptr<Session> open(const Example& of, int threads = 1) {
    NetworkSource source;
    source.file = of.file.string();
    source.sets = {"simulation.precision=" + of.precision};
    return std::make_unique<Session>(check_network(source, {}), source, options(threads));
}

using Values = std::vector<std::pair<std::string, std::vector<double>>>;

/// Everything that can be read.
Values values_of(const Session& session) {
    Values values;
    for (const GroupInfo& group : session.groups()) {
        for (const VariableInfo& variable : group.variables)
            values.emplace_back(group.name + "." + variable.name,
                                group.of_synapses ? session.read_synapses(group.name, variable.name)
                                                  : session.read_neurons(group.name, variable.name));
        if (!group.of_synapses) continue;
        values.emplace_back(group.name + ".source", session.read_synapses(group.name, "source"));
        values.emplace_back(group.name + ".target", session.read_synapses(group.name, "target"));
    }
    return values;
}

class Laws : public testing::TestWithParam<Example> {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("bouton-laws-" + std::to_string(::getpid()));
        fs::create_directory(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TEST_P(Laws, NothingThatIsDoneChangesABit) {
    const auto untouched = open(GetParam());
    const std::int64_t end = std::min<std::int64_t>(untouched->described_steps(), 700);
    untouched->run(end);
    const Values expected = values_of(*untouched);
    for (const unsigned seed : {1U, 2U}) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto below = [&](std::int64_t n) {
            return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random);
        };
        auto session = open(GetParam(), 1 + static_cast<int>(seed));
        session->store("kept");
        for (int k = 0; k < 14; ++k) {
            switch (below(6)) {
                case 0: values_of(*session); break;
                case 1: session->store("kept"); break;
                case 2: session->restore("kept"); break;
                case 3: session = session->copy(); break;
                case 4:
                    session->save(folder_ / "state");
                    session = Session::resume(folder_ / "state", options(1 + static_cast<int>(below(3))));
                    session->store("kept");
                    break;
                default: break;
            }
            session->run(std::min(below(120), end - session->step()));
        }
        session->run(end - session->step());
        const Values found = values_of(*session);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t v = 0; v < found.size(); ++v) EXPECT_EQ(found[v], expected[v]) << found[v].first;
    }
}

TEST_P(Laws, WhatIsWrittenIsRead) {
    const auto session = open(GetParam());
    session->run(37);
    for (const GroupInfo& group : session->groups()) {
        for (const VariableInfo& variable : group.variables) {
            SCOPED_TRACE(group.name + "." + variable.name);
            const auto read = [&] {
                return group.of_synapses ? session->read_synapses(group.name, variable.name)
                                         : session->read_neurons(group.name, variable.name);
            };
            auto values = read();
            if (variable.stored == codegen::Stored::real || variable.stored == codegen::Stored::f64)
                for (double& value : values) value *= 0.5;
            if (group.of_synapses)
                session->write_synapses(group.name, variable.name, {}, values);
            else
                session->write_neurons(group.name, variable.name, {}, values);
            EXPECT_EQ(read(), values);
        }
    }
    session->run(20);
}

INSTANTIATE_TEST_SUITE_P(Examples, Laws, testing::ValuesIn(examples()), testing::PrintToStringParamName());

}  // namespace
}  // namespace bouton::session
