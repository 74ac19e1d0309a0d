// SPDX-License-Identifier: BSD-3-Clause
// `bouton evaluate`: the error of one or several models on labelled images, by each way of inference.
#include "ann/inference.hpp"
#include "ann/names.hpp"
#include "base/thread_pool.hpp"
#include "cli/image_folder.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"
#include "cli/predictions_file.hpp"
#include "cli/standard_streams.hpp"
#include "cli/text_layout.hpp"
#include "cli/train_report.hpp"
#include "cli/train_values.hpp"
#include "io/model_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace bouton::cli {
namespace {

struct EvaluateArguments {
    std::vector<std::string> models;
    std::string data;
    std::string part = "test";
    bool other_data = false;
    std::string inference = "mean";
    std::optional<int> samples, batch, threads;
    std::optional<std::uint64_t> seed;
    std::string mask;
    std::optional<double> keep;
    std::string predictions;
    std::optional<double> memory;
};

ann::InferenceSpec inference_spec(const EvaluateArguments& arguments) {
    ann::InferenceSpec spec;
    spec.method = *ann::find_named(ann::kInferences, arguments.inference);
    if (arguments.samples && spec.method == ann::Inference::mean)
        throw base::Error(
            "--samples: mean inference draws nothing; it goes with --inference sampled or gaussian", 2);
    spec.samples = static_cast<std::size_t>(arguments.samples.value_or(0));
    spec.seed = arguments.seed.value_or(0);
    spec.batch = static_cast<std::size_t>(arguments.batch.value_or(128));
    spec.memory = arguments.memory;
    return spec;
}

/// The mask that failures are of: the one asked for, else that of the model's hidden layers.
ann::MaskKind other_mask(const ann::Network& network, const EvaluateArguments& arguments,
                         const std::string& model) {
    if (!arguments.mask.empty()) return *ann::find_named(ann::kMaskKinds, arguments.mask);
    for (const auto& layer : network.spec.layers)
        if (layer.mask != ann::MaskKind::none) return layer.mask;
    throw base::Error(
        fmt::format("--keep: '{}' was trained without masks; say what fails: --mask dropconnect or "
                    "--mask dropout",
                    base::escape(model)),
        2);
}

ann::Network load_network(const std::string& model, const EvaluateArguments& arguments) {
    ann::Network network = io::load_model(model).network;
    if (arguments.mask.empty() && !arguments.keep) return network;
    const auto mask = other_mask(network, arguments, model);
    if (mask != ann::MaskKind::none && !arguments.keep)
        throw base::Error("--mask: say how much is kept: --keep P", 2);
    return with_mask(network, mask, arguments.keep.value_or(1.0));
}

std::vector<ann::Network> load_networks(const EvaluateArguments& arguments) {
    std::vector<ann::Network> networks;
    for (const auto& model : arguments.models) networks.push_back(load_network(model, arguments));
    return networks;
}

ann::Dataset load_data(const EvaluateArguments& arguments, std::size_t classes, base::InputFiles& opened) {
    return load_mnist_part(data_folder(arguments.data),
                           arguments.part == "train" ? ann::Part::train : ann::Part::test,
                           {arguments.other_data, classes, &opened});
}

std::string spell_inference(const ann::InferenceSpec& spec) {
    const auto name = ann::name_of(ann::kInferences, spec.method);
    if (spec.method == ann::Inference::sampled)
        return fmt::format("{} inference, {} samples", name,
                           spec.samples == 0 ? ann::kUsualSamples : spec.samples);
    if (spec.method == ann::Inference::gaussian && spec.samples > 0)
        return fmt::format("{} inference, {} samples", name, spec.samples);
    return fmt::format("{} inference", name);
}

class Table {
public:
    explicit Table(const std::vector<std::string>& models) {
        for (const auto& model : models) width_ = std::max(width_, base::escape(model).size());
        print("{:<{}}  {:>9}  {:>9}  network\n", "model", width_, "error", "loss");
    }
    void row(const std::string& name, const ann::Evaluation& result, const std::string& note) const {
        print("{:<{}}  {:>7.2f} %  {:>9.6f}  {}\n", base::escape(name), width_, 100.0 * result.error,
              result.loss, note);
        flush_output();
    }

private:
    std::size_t width_ = 10;
};

int evaluate(const EvaluateArguments& arguments, const std::string& version) {
    const auto spec = inference_spec(arguments);
    const auto networks = load_networks(arguments);
    base::InputFiles inputs;
    for (const auto& model : arguments.models) base::note_input(inputs, model);
    const auto data = load_data(arguments, networks.front().outputs(), inputs);
    std::optional<PredictionsFile> predictions;
    if (!arguments.predictions.empty()) predictions.emplace(arguments.predictions, inputs, version);
    base::ThreadPool pool(static_cast<std::size_t>(arguments.threads.value_or(0)));
    if (const auto shortage = pool.shortage(); !shortage.empty()) tell_warning(shortage);
    const std::string inference = spell_inference(spec);
    print("{}, {} part, {} examples; {}\n", base::escape(data.name), arguments.part,
          spell_count(static_cast<double>(data.size())), inference);
    const Table table(arguments.models);
    ann::Matrix last;
    for (std::size_t k = 0; k < networks.size(); ++k) {
        last = ann::predict({&networks[k], 1}, data, spec, pool);
        table.row(arguments.models[k], ann::evaluate(last, data), spell_network(networks[k].spec));
    }
    if (networks.size() > 1) {
        last = ann::predict(networks, data, spec, pool);
        table.row("vote", ann::evaluate(last, data), fmt::format("the mean of all {}", networks.size()));
    }
    if (predictions) {
        predictions->write(last, data,
                           {{"models", fmt::format("{}", fmt::join(arguments.models, ", "))},
                            {"data", data.name},
                            {"part", arguments.part},
                            {"inference", inference}});
    }
    return 0;
}

template <class Choice, std::size_t N>
CLI::Validator one_of(const ann::Names<Choice, N>& names) {
    std::vector<std::string> known;
    for (const auto& entry : names) known.emplace_back(entry.first);
    return CLI::IsMember(known);
}

void add_failures(CLI::App& command, EvaluateArguments& arguments) {
    command
        .add_option("--mask", arguments.mask,
                    "Evaluate with another mask in all hidden layers; goes with --keep")
        ->check(one_of(ann::kMaskKinds))
        ->type_name("NAME");
    command
        .add_option_function<double>(
            "--keep", [&arguments](double keep) { arguments.keep = keep; },
            "Evaluate with another probability of keeping, in (0, 1]")
        ->type_name("P");
}

}  // namespace

void add_evaluate(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("evaluate", "Tell the error of trained networks");
    const auto arguments = std::make_shared<EvaluateArguments>();
    command->add_option("MODEL.h5", arguments->models, "Models; several are told one by one and as a vote")
        ->required()
        ->type_name("");
    command->add_option("--data", arguments->data, "Folder of MNIST's four files (default: $BOUTON_DATA)")
        ->type_name("DIR");
    command->add_option("--part", arguments->part, "test or train (default: test)")
        ->check(CLI::IsMember({"test", "train"}))
        ->type_name("NAME");
    command->add_flag("--other-data", arguments->other_data,
                      "The folder may hold another data set than MNIST in the same format");
    command
        ->add_option(
            "--inference", arguments->inference,
            "mean, gaussian (moment matching of DropConnect) or sampled (mean over masks) (default: mean)")
        ->check(one_of(ann::kInferences))
        ->type_name("NAME");
    add_whole_number<int>(
        *command, "--samples", arguments->samples, 1, std::numeric_limits<int>::max(),
        "Passes of sampled inference (default: 100), or draws per unit of gaussian inference "
        "(default: closed form for relu, else 1000)");
    add_whole_number<std::uint64_t>(*command, "--seed", arguments->seed, 0, (std::uint64_t{1} << 63) - 1,
                                    "The seed of what is drawn (default: 0)");
    add_whole_number<int>(*command, "--batch", arguments->batch, 1, kMostUnits,
                          "Examples at a time (default: 128)");
    add_whole_number<int>(*command, "--threads", arguments->threads, 1, kMostThreads,
                          "How many threads to use (default: as many as the machine runs at once)");
    add_memory(*command, arguments->memory,
               "How much memory this may take beside models and images, e.g. 8GB (default: what is free)");
    add_failures(*command, *arguments);
    add_output(*command, "--predictions", arguments->predictions,
               "Write each example's class probabilities to this file, of the vote if there is one")
        ->type_name("OUT.h5|OUT.csv");
    command->callback([&chosen, arguments] {
        chosen.action = [arguments, version = chosen.version] { return evaluate(*arguments, version); };
    });
}

}  // namespace bouton::cli
