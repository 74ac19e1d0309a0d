// SPDX-License-Identifier: BSD-3-Clause
#include "cli/train_document.hpp"

#include "document/files.hpp"
#include "document/toml_reader.hpp"

#include <algorithm>
#include <charconv>

namespace bouton::cli {
namespace {

using document::Entry;
using document::Node;
using document::Table;

constexpr const char* kNetwork = "The network";
constexpr const char* kTraining = "How it is trained";
constexpr const char* kImages = "The images";
constexpr const char* kRun = "The run";

constexpr TrainKey kKeys[] = {
    {"layers", "N,N,...", "Units of the hidden layers, from the inputs on (default: 800,800)", kNetwork},
    {"activation", "NAME", "relu, tanh or sigmoid; one for all hidden layers or a list (default: relu)",
     kNetwork},
    {"mask", "NAME",
     "What is left out in training, anew for each example: none, dropout (units) or dropconnect (weights); "
     "one for "
     "all hidden layers, or a list, which may go on to the last layer (default: none)",
     kNetwork},
    {"keep", "P", "The probability of keeping, in (0, 1]; one or a list (default: 0.5)", kNetwork},
    {"scaling", "NAME",
     "unscaled: training sums what is kept, inference multiplies by P, as in Wan et al. 2013; inverted: "
     "training "
     "divides by P (default: unscaled)",
     kNetwork},
    {"input_shift", "X", "The network sees (x - shift) * scale; pixels are 0 to 1 (default: 0)", kNetwork},
    {"input_scale", "X", "See --input-shift (default: 1)", kNetwork},
    {"initial", "NAME",
     "Weights at the start: normal, N(0, scale^2), or he, N(0, 2/inputs) (default: normal)", kNetwork},
    {"initial_scale", "X", "The scale of --initial normal (default: 0.1)", kNetwork},

    {"epochs", "N", "How often all examples are shown (default: 20)", kTraining},
    {"batch", "N", "Examples per step (default: 128)", kTraining},
    {"learning_rate", "X", "Of the weights (default: 0.1)", kTraining},
    {"momentum", "X", "In [0, 1) (default: 0.9)", kTraining},
    {"weight_decay", "X", "Of the weights, not the biases (default: 0)", kTraining},
    {"bias_rate", "X", "The biases' learning rate over the weights' (default: 1)", kTraining},
    {"schedule", "TEXT",
     "The course of the learning rate: constant, cosine, 600-400-20 (Wan et al. 2013: so many epochs at "
     "factor 1, at "
     "0.5, then each at 0.1, 0.05, 0.01, 0.005, 0.001) or 10x1,5x0.1 (epochs x factor) (default: constant)",
     kTraining},
    {"seed", "N", "The seed of all random numbers (default: 0)", kTraining},

    {"shift", "PIXELS", "Shift each image at random, up to so far (default: 0)", kImages},
    {"rotation", "DEGREES", "Turn each image at random, up to so far (default: 0)", kImages},
    {"scale", "X", "Scale each image at random, by 1 - X to 1 + X (default: 0)", kImages},
    {"train", "N", "Take the first N images of the training set only", kImages},
    {"other_data", "", "The folder may hold another data set than MNIST in the same format", kImages},
    {"classes", "N", "How many classes the data have (default: 10)", kImages},

    {"threads", "N", "How many threads to use (default: as many as the machine runs at once)", kRun},
    {"save_every", "N", "Save the model after so many epochs each (default: 1)", kRun},
    {"train_error", "", "Evaluate the training set too after each epoch", kRun},
};

/// The text from `begin` to `end` of an option's value: a whole number, a decimal one, or a text.
Node scalar(const base::SourcePtr& whole, std::uint32_t begin, std::uint32_t end) {
    const std::string& text = whole->text;
    while (begin < end && text[begin] == ' ') ++begin;
    while (end > begin && text[end - 1] == ' ') --end;
    const base::Span span{whole, begin, end};
    const char* first = text.data() + begin;
    const char* last = text.data() + end;
    std::int64_t integer = 0;
    if (const auto [stop, error] = std::from_chars(first, last, integer);
        error == std::errc() && stop == last)
        return {span, integer};
    double number = 0.0;
    if (const auto [stop, error] = std::from_chars(first, last, number); error == std::errc() && stop == last)
        return {span, number};
    auto part = std::make_shared<base::SourceText>(
        base::SourceText{whole->file, text.substr(begin, end - begin), {}});
    for (std::uint32_t k = begin; k <= end; ++k) part->offsets.push_back(k);
    return {span, document::Text{std::move(part)}};
}

/// A list where there are commas, but for a schedule, which has commas of its own.
Node option_value(const base::SourcePtr& whole, const std::string& key) {
    const auto size = static_cast<std::uint32_t>(whole->text.size());
    if (key == "schedule" || whole->text.find(',') == std::string::npos) return scalar(whole, 0, size);
    document::Array items;
    for (std::uint32_t begin = 0; begin <= size;) {
        const auto end =
            static_cast<std::uint32_t>(std::min<std::size_t>(whole->text.find(',', begin), size));
        items.push_back(scalar(whole, begin, end));
        begin = end + 1;
    }
    return {{whole, 0, size}, std::move(items)};
}

bool is_flag(const std::string& key) {
    return std::any_of(std::begin(kKeys), std::end(kKeys),
                       [&](const TrainKey& known) { return known.key == key && *known.type == '\0'; });
}

void put(Table& document, const TrainOption& option) {
    const auto whole = base::make_source(option_name(option.key), option.text);
    Node value = is_flag(option.key) ? Node{{whole, 0, 0}, true} : option_value(whole, option.key);
    Entry entry{option.key, value.span, std::move(value)};
    if (Entry* present = document::find_entry(document, option.key))
        *present = std::move(entry);
    else
        document.push_back(std::move(entry));
}

Table read_file_table(const std::string& file, base::InputFiles& opened) {
    base::Diagnostics diagnostics;
    std::string problem;
    auto text = document::read_file(file, problem, &opened);
    if (!text) {
        diagnostics.error(base::Code::E301, {base::make_source(file, ""), 0, 0},
                          "cannot read the training file: " + problem);
        throw base::DiagnosticError(std::move(diagnostics));
    }
    auto table = document::read_toml(file, std::move(*text), diagnostics);
    if (!table) throw base::DiagnosticError(std::move(diagnostics));
    return std::move(*table);
}

}  // namespace

std::span<const TrainKey> train_keys() { return kKeys; }

std::string option_name(const std::string& key) {
    std::string name = "--" + key;
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

Table train_document(const std::string& file, const std::vector<TrainOption>& options,
                     base::InputFiles& opened) {
    Table document = file.empty() ? Table{} : read_file_table(file, opened);
    for (const auto& option : options) put(document, option);
    return document;
}

}  // namespace bouton::cli
