// SPDX-License-Identifier: BSD-3-Clause
#include "document/given_arrays.hpp"

#include "document/fields.hpp"
#include "document/toml_reader.hpp"
#include "document/toml_writer.hpp"

#include <gtest/gtest.h>

namespace bouton::document {
namespace {

std::vector<GivenArray> two_arrays() {
    std::vector<GivenArray> arrays(2);
    arrays[0].values = std::make_shared<std::vector<double>>(std::vector<double>{1.5, 2.5});
    arrays[1].whole = std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{7});
    return arrays;
}

Table placed(const std::string& text, base::Diagnostics& diagnostics) {
    auto table = read_toml("net.toml", text, diagnostics);
    place_given_arrays(*table, two_arrays(), diagnostics);
    return *table;
}

TEST(GivenArrays, StandWhereTheTextNamesThem) {
    base::Diagnostics diagnostics;
    const std::string text =
        "a = { \"array in memory\" = 1 }\nb = [1, { v = { \"array in memory\" = 0 } }]\narray = 0\n";
    const Table table = placed(text, diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.render();
    const Node& a = find_entry(table, "a")->node;
    EXPECT_EQ(std::get<Numbers>(a.value).array.whole->at(0), 7);
    EXPECT_STREQ(kind_of(a), "an array in memory");
    const Node& inner = std::get<Array>(find_entry(table, "b")->node.value).at(1);
    const auto& numbers = std::get<Numbers>(std::get<Table>(inner.value).at(0).node.value);
    EXPECT_EQ(*numbers.array.values, (std::vector<double>{1.5, 2.5}));
    // What is written down names them again.
    const std::string again = write_toml(table);
    base::Diagnostics none;
    EXPECT_EQ(write_toml(placed(again, none)), again);
    EXPECT_FALSE(none.has_errors());
}

TEST(GivenArrays, OnesThatAreNotThereAreReportedAtTheirPlace) {
    for (const char* number : {"2", "-1", "0.0", "\"0\"", "9223372036854775807"}) {
        base::Diagnostics diagnostics;
        placed("x = 1\nv = { \"array in memory\" = " + std::string(number) + " }\n", diagnostics);
        ASSERT_EQ(diagnostics.all().size(), 1u) << number;
        EXPECT_NE(diagnostics.render().find("net.toml:2:5: error[E304]: this array was given in memory"),
                  std::string::npos)
            << diagnostics.render();
    }
}

}  // namespace
}  // namespace bouton::document
