// SPDX-License-Identifier: BSD-3-Clause
// _core.Examples and _core.Training: artificial networks for bouton.ann. The GIL is free while they are trained and
// evaluated (attention.hpp).
#include "ann.hpp"
#include "attention.hpp"

#include "ann/inference.hpp"
#include "ann/names.hpp"
#include "ann/trainer.hpp"
#include "base/diagnostics.hpp"
#include "base/thread_pool.hpp"
#include "io/model_file.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <new>
#include <thread>

namespace bouton::bindings {
namespace {

namespace nb = nanobind;

/// A training and who works on it. All but the thread that trains are refused until it is done.
class Training {
public:
    explicit Training(ann::TrainingState state) : state_(std::move(state)) {}

    static Training* begin(const nb::dict& network, const nb::dict& training, const nb::object& memory) {
        const auto network_spec_ = network_spec(network);
        const auto training_spec_ = training_spec(training);
        refuse_wrong(network_spec_, training_spec_);
        return new Training(ann::begin_training(network_spec_, training_spec_, bytes_of(memory)));
    }

    static Training* load(const std::filesystem::path& path) { return new Training(io::load_model(path)); }

    void save(const std::filesystem::path& path) const {
        io::ModelWriter(path, {}, BOUTON_VERSION).save(state());
    }

    Training* with_mask(const std::string& mask, double keep) const {
        const auto kind = ann::find_named(ann::kMaskKinds, mask);
        if (!kind) throw base::Error("mask must be 'none', 'dropout' or 'dropconnect'", 2);
        ann::TrainingState changed = state();
        changed.network = ann::with_mask(changed.network, *kind, keep);
        refuse_wrong(changed.network.spec, changed.training);
        return new Training(std::move(changed));
    }

    const ann::TrainingState& state() const {
        refuse_others();
        return state_;
    }
    ann::TrainingState& state() {
        refuse_others();
        return state_;
    }

    void set_training(const nb::dict& training) {
        ann::TrainingSpec spec = training_spec(training);
        refuse_wrong(state().network.spec, spec);
        state().training = std::move(spec);
    }

    FloatArray weights(std::size_t layer) const { return to_array(state().network.weights.at(layer)); }

    void set_weights(std::size_t layer, const FloatInput& values) {
        ann::Matrix& w = state().network.weights.at(layer);
        if (values.shape(0) != w.rows() || values.shape(1) != w.columns()) {
            throw base::InternalError("weights of another shape");
        }
        if (!std::all_of(values.data(), values.data() + values.size(),
                         [](float x) { return std::isfinite(x); })) {
            throw base::Error("weights and biases must be finite", 2);
        }
        for (std::size_t j = 0; j < w.rows(); ++j) {
            std::copy_n(values.data() + j * w.columns(), w.columns(), w.row(j));
        }
    }

    /// [examples, inputs + 1, units] for DropConnect, the biases last; [examples, 1, units] for Dropout.
    nb::ndarray<nb::numpy, bool, nb::ndim<3>> masks(std::size_t layer, std::uint32_t examples,
                                                    std::uint64_t seed, std::uint32_t step) const;

    nb::dict train(const ann::Dataset& data, const ann::Dataset* test, std::size_t threads, bool train_error,
                   nb::object progress, nb::object epoch_done, const nb::object& memory);

private:
    void refuse_others() const {
        const auto at_work = at_work_.load();
        if (at_work != std::thread::id() && at_work != std::this_thread::get_id()) {
            throw base::Error("the network is being trained in another thread", 1);
        }
    }

    ann::TrainingState state_;
    std::atomic<std::thread::id> at_work_{};

    friend class AtWork;
};

/// Marks a training as being worked on.
class AtWork {
public:
    explicit AtWork(Training& training) : training_(training) {
        std::thread::id nobody{};
        if (!training_.at_work_.compare_exchange_strong(nobody, std::this_thread::get_id())) {
            throw base::Error("the network is being trained already", 1);
        }
    }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;
    ~AtWork() { training_.at_work_ = std::thread::id(); }

private:
    Training& training_;
};

/// Warns where there are fewer threads than were asked for.
struct Crew {
    explicit Crew(std::size_t threads) : pool(base::usable_threads(threads, warn)) {
        if (const auto shortage = pool.shortage(); !shortage.empty()) warn(shortage);
    }
    base::ThreadPool pool;
};

nb::dict Training::train(const ann::Dataset& data, const ann::Dataset* test, std::size_t threads,
                         bool train_error, nb::object progress, nb::object epoch_done,
                         const nb::object& memory) {
    const AtWork mark(*this);
    ann::refuse_large_training(state_.network.spec, state_.training, bytes_of(memory),
                               ann::held_bytes(state_));
    Attention attention;
    ann::TrainingOptions options;
    options.train_error = train_error;
    std::chrono::steady_clock::time_point told{};
    options.progress = [&](std::size_t epoch, double share, double loss) {
        const auto now = std::chrono::steady_clock::now();
        if (progress.is_none() || now - told < std::chrono::milliseconds(100)) return;
        told = now;
        attention.call([&] { progress(epoch, share, loss); });
    };
    options.epoch_done = [&](const ann::TrainingState&, const ann::EpochRecord&) {
        if (!epoch_done.is_none()) attention.call([&] { epoch_done(); });
    };
    const auto summary = attention.run([&] {
        Crew crew(threads);
        return ann::train(state_, data, test, crew.pool, options);
    });
    nb::dict dict;
    dict["steps"] = summary.steps;
    dict["seconds"] = summary.seconds;
    dict["multiply_adds"] = summary.multiply_adds;
    return dict;
}

nb::ndarray<nb::numpy, bool, nb::ndim<3>> Training::masks(std::size_t layer, std::uint32_t examples,
                                                          std::uint64_t seed, std::uint32_t step) const {
    const ann::Network& network = state().network;
    const ann::LayerSpec& spec = network.spec.layers.at(layer);
    const auto units = static_cast<std::uint32_t>(spec.units);
    const auto inputs =
        spec.mask == ann::MaskKind::dropout ? 1 : static_cast<std::uint32_t>(network.inputs(layer) + 1);
    const ann::Keep keep(spec.mask == ann::MaskKind::none ? 1.0 : spec.keep);
    const auto stream = ann::mask_stream(seed, layer, step, keep);
    std::size_t count = 0;
    if (__builtin_mul_overflow(std::size_t{examples} * inputs, std::size_t{units}, &count))
        throw std::bad_alloc();
    auto* bits = new bool[count];
    const nb::capsule owner(bits, [](void* p) noexcept { delete[] static_cast<bool*>(p); });
    bool* next = bits;
    for (std::uint32_t b = 0; b < examples; ++b) {
        for (std::uint32_t j = 0; j < inputs; ++j) {
            for (std::uint32_t i = 0; i < units; ++i) *next++ = keep.always() || ann::kept(stream, b, j, i);
        }
    }
    return {bits, {examples, inputs, units}, owner};
}

nb::list history(const Training& training) {
    nb::list rows;
    for (const ann::EpochRecord& r : training.state().history) {
        rows.append(nb::make_tuple(r.epoch, r.learning_rate, r.loss, r.masked_error, r.train_error,
                                   r.test_error, r.seconds));
    }
    return rows;
}

FloatArray predict(const std::vector<const Training*>& networks, const ann::Dataset& data,
                   const std::string& inference, std::size_t samples, std::uint64_t seed, std::size_t threads,
                   const nb::object& memory) {
    const auto method = ann::find_named(ann::kInferences, inference);
    if (!method) throw base::Error("inference must be 'mean', 'gaussian' or 'sampled'", 2);
    std::vector<ann::Network> copies;
    for (const Training* training : networks) copies.push_back(training->state().network);
    ann::InferenceSpec spec;
    spec.method = *method;
    spec.samples = samples;
    spec.seed = seed;
    spec.memory = bytes_of(memory);
    return to_array(Attention().run([&] {
        Crew crew(threads);
        return ann::predict(copies, data, spec, crew.pool);
    }));
}

}  // namespace

void bind_ann(nb::module_& core) {
    using namespace nb::literals;
    nb::class_<ann::Dataset>(core, "Examples", "Labelled inputs, copied from arrays.")
        .def_static("of_bytes", byte_examples, "inputs"_a.noconvert(), "labels"_a.noconvert(), "height"_a,
                    "width"_a, "classes"_a, "name"_a, "inputs [n, height*width]; 0 to 255 become 0 to 1.")
        .def_static("of_floats", float_examples, "inputs"_a.noconvert(), "labels"_a.noconvert(), "height"_a,
                    "width"_a, "classes"_a, "name"_a, "inputs [n, height*width], taken as they are.")
        .def("__len__", &ann::Dataset::size)
        .def_prop_ro("features", &ann::Dataset::features)
        .def_prop_ro("classes", [](const ann::Dataset& data) { return data.classes; });

    nb::class_<Training>(core, "Training", "A network and its training; bouton.ann.Network is its face.")
        .def_static("begin", &Training::begin, "network"_a, "training"_a, "memory"_a.none(),
                    "Draw the weights, unless they take more than 'memory'. Raises Error.")
        .def_static("load", &Training::load, "path"_a, "Read a model file. Raises Error.")
        .def("save", &Training::save, "path"_a, "Write a model file. Raises Error.")
        .def("with_mask", &Training::with_mask, "mask"_a, "keep"_a, "Return a copy with other masks.")
        .def("train", &Training::train, "examples"_a, "test"_a.none(), "threads"_a, "train_error"_a,
             "progress"_a.none(), "epoch_done"_a.none(), "memory"_a.none(),
             "Train until the epochs of its description are done. progress(epoch, share, loss) is called "
             "about "
             "ten\ntimes a second, epoch_done() after each epoch; what they raise, like Ctrl-C, stops the "
             "training "
             "at\nthe last finished epoch.")
        .def("weights", &Training::weights, "layer"_a, "Return [inputs + 1, units], the biases last; a copy.")
        .def("masks", &Training::masks, "layer"_a, "examples"_a, "seed"_a, "step"_a,
             "Return which weights [examples, inputs + 1, units] or units [examples, 1, units] are kept.")
        .def("set_weights", &Training::set_weights, "layer"_a, "values"_a.noconvert())
        .def("set_training", &Training::set_training, "training"_a, "Change how it goes on. Raises Error.")
        .def_prop_ro("network", [](const Training& t) { return to_dict(t.state().network.spec); })
        .def_prop_ro("training", [](const Training& t) { return to_dict(t.state().training); })
        .def_prop_ro("epoch", [](const Training& t) { return t.state().epoch; })
        .def_prop_ro("step", [](const Training& t) { return t.state().step; })
        .def_prop_ro("data", [](const Training& t) { return t.state().data; })
        .def_prop_ro("history", history,
                     "Tuples: epoch, learning_rate, loss, masked_error, train_error, test_error, seconds.");

    core.def("predict", predict, "networks"_a, "examples"_a, "inference"_a, "samples"_a, "seed"_a,
             "threads"_a, "memory"_a.none(),
             "Return class probabilities [n, classes], the mean over the networks. Raises Error.");
}

}  // namespace bouton::bindings
