// SPDX-License-Identifier: BSD-3-Clause
// `bouton train`: reads what is asked for and the data, trains, and saves the model as it goes.
#include "ann/trainer.hpp"
#include "base/thread_pool.hpp"
#include "cli/command.hpp"
#include "cli/image_folder.hpp"
#include "cli/messages.hpp"
#include "cli/network_arguments.hpp"
#include "cli/resume.hpp"
#include "cli/train_document.hpp"
#include "cli/train_report.hpp"
#include "cli/train_settings.hpp"
#include "io/hdf5/handle.hpp"
#include "io/model_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace bouton::cli {
namespace {

namespace fs = std::filesystem;

struct TrainArguments {
    std::string file;
    std::string data;
    std::string output;
    bool resume = false;
    std::optional<double> memory;
    std::vector<TrainOption> options;
};

fs::path output_path(const TrainArguments& arguments) {
    if (!arguments.output.empty()) return arguments.output;
    if (!arguments.file.empty()) return fs::path(arguments.file).stem().concat(".h5");
    throw base::Error("no output: name the model file by -o MODEL.h5", 2);
}

TrainSettings settings_of(const ann::TrainingState& state) {
    TrainSettings settings;
    settings.network = state.network.spec;
    settings.training = state.training;
    return settings;
}

/// The settings that the file and the options give, over `settings`.
TrainSettings read_settings(const TrainArguments& arguments, TrainSettings settings,
                            base::InputFiles& opened) {
    base::Diagnostics diagnostics;
    const document::Table document = train_document(arguments.file, arguments.options, opened);
    const document::Context context{diagnostics, fs::path(arguments.file).parent_path()};
    const base::Span start{base::make_source(arguments.file, ""), 0, 0};
    document::Fields fields(context, document, start, "the training");
    read_train_settings(context, fields, settings);
    fields.finish();
    if (diagnostics.has_errors()) throw base::DiagnosticError(std::move(diagnostics));
    if (!arguments.data.empty()) settings.data = arguments.data;
    return settings;
}

struct Data {
    ann::Dataset train;
    ann::Dataset test;
};

Data load_data(const TrainSettings& settings, base::InputFiles& opened) {
    const fs::path folder = data_folder(settings.data);
    const ann::IdxOptions options{settings.other_data, settings.classes, &opened};
    Data data{load_mnist_part(folder, ann::Part::train, options),
              load_mnist_part(folder, ann::Part::test, options)};
    keep_first(data.train, settings.examples);
    return data;
}

ann::TrainingState begin(TrainSettings settings, const ann::Dataset& data, std::optional<double> memory) {
    settings.network.inputs = data.features();
    settings.network.layers.back().units = data.classes;
    const auto problems = ann::check_spec(settings.network, settings.training);
    if (!problems.empty()) throw base::Error(fmt::format("{}", fmt::join(problems, "\n")), 2);
    return ann::begin_training(settings.network, settings.training, memory);
}

/// Says where the masks keep another share than was asked for.
void tell_rounding(const ann::NetworkSpec& network) {
    for (std::size_t k = 0; k < network.layers.size(); ++k) {
        const auto& layer = network.layers[k];
        const ann::Keep keep(layer.keep);
        if (layer.mask == ann::MaskKind::none || keep.value() == layer.keep) continue;
        tell_note(fmt::format("layer {}: keep {} becomes {}/256 = {}, the nearest p that masks can have",
                              k + 1, layer.keep, keep.in_256(), keep.value()));
    }
}

class Training {
public:
    Training(ann::TrainingState state, const TrainSettings& settings, const fs::path& output,
             const base::InputFiles& inputs, const std::string& version)
        : state_(std::move(state)),
          settings_(settings),
          pool_(settings.threads),
          model_(output, inputs, version),
          saved_(state_.epoch),
          report_(state_.epoch, state_.training.epochs) {}

    int run(const Data& data) {
        if (const auto shortage = pool_.shortage(); !shortage.empty()) tell_warning(shortage);
        report_.head(state_, fmt::format("{}, {} examples", data.train.name, data.train.size()),
                     pool_.threads());
        ann::TrainingOptions options;
        options.train_error = settings_.train_error;
        options.progress = [this](std::size_t epoch, double share, double loss) {
            report_.progress(epoch, share, loss);
        };
        options.epoch_done = [this](const ann::TrainingState&, const ann::EpochRecord& record) {
            report_.epoch(record);
            if (state_.epoch - saved_ >= settings_.save_every) save();
        };
        try {
            return end(ann::train(state_, data.train, &data.test, pool_, options));
        } catch (const io::WriteError&) {
            report_.clear();
            throw;
        } catch (const base::Error& error) {
            report_.clear();
            if (error.status() == 1) save();
            throw;
        }
    }

private:
    /// Saves what is not saved yet.
    void save() {
        if (state_.epoch == saved_) return;
        model_.save(state_);
        saved_ = state_.epoch;
    }

    int end(const ann::TrainingSummary& summary) {
        save();
        report_.summary(summary, state_, saved_ > 0 ? model_.path().string() : std::string("no file yet"));
        if (!summary.stopped) return 0;
        tell_error(
            saved_ > 0
                ? fmt::format("stopped; the model is that of epoch {} ('--resume' goes on from it)", saved_)
                : std::string("stopped before the first epoch was done; there is no model"));
        return 1;
    }

    ann::TrainingState state_;
    const TrainSettings& settings_;
    base::ThreadPool pool_;
    io::ModelWriter model_;
    std::size_t saved_;  ///< epochs of the model in the file
    TrainReport report_;
};

int train(const TrainArguments& arguments, const std::string& version) {
    const fs::path output = output_path(arguments);
    std::optional<ann::TrainingState> state;
    TrainSettings base = default_settings();
    if (arguments.resume) {
        state = io::load_model(output);
        base = settings_of(*state);
    }
    base::InputFiles inputs;
    const TrainSettings settings = read_settings(arguments, base, inputs);
    if (state) {
        refuse_changes(settings, base, state->epoch, output.string());
        state->training = settings.training;
        ann::refuse_large_training(state->network.spec, state->training, arguments.memory,
                                   ann::held_bytes(*state));
    }
    const Data data = load_data(settings, inputs);
    if (!state) state = begin(settings, data.train, arguments.memory);
    tell_rounding(state->network.spec);
    return Training(std::move(*state), settings, output, inputs, version).run(data);
}

}  // namespace

void add_train(CLI::App& app, Chosen& chosen) {
    auto* command = app.add_subcommand("train", "Train an artificial network and save it");
    const auto arguments = std::make_shared<TrainArguments>();
    command->add_option("NET.toml", arguments->file, "The training as a file; options win over it")
        ->type_name("");
    add_output(*command, "-o,--output", arguments->output, "The model file (with a file NET.toml: NET.h5)")
        ->type_name("MODEL.h5");
    command->add_option("--data", arguments->data, "Folder of MNIST's four files (default: $BOUTON_DATA)")
        ->type_name("DIR");
    command->add_flag("--resume", arguments->resume,
                      "Go on from the model file; --epochs may be more than before");
    add_memory(*command, arguments->memory,
               "How much memory the training may take, e.g. 8GB (default: what is free)");
    for (const auto& key : train_keys()) {
        const auto take = [arguments, name = std::string(key.key)](const std::string& text) {
            arguments->options.push_back({name, text});
        };
        if (*key.type == '\0') {
            command
                ->add_flag_callback(
                    option_name(key.key), [take] { take({}); }, key.help)
                ->group(key.group);
        } else {
            command->add_option_function<std::string>(option_name(key.key), take, key.help)
                ->type_name(key.type)
                ->group(key.group);
        }
    }
    command->callback([&chosen, arguments] {
        chosen.product = Product::files;
        chosen.action = [arguments, version = chosen.version] { return train(*arguments, version); };
    });
}

}  // namespace bouton::cli
