// SPDX-License-Identifier: BSD-3-Clause
// What a simulation is made of, and how it is put together.
#pragma once

#include "base/thread_pool.hpp"
#include "sim/recording.hpp"
#include "sim/regular.hpp"
#include "sim/simulation.hpp"

#include <chrono>
#include <deque>
#include <memory>

namespace bouton::sim {

double seconds_since(std::chrono::steady_clock::time_point begin);

/// Tells every few milliseconds of real time that it is time to report, without asking the clock at every step.
class Pulse {
public:
    explicit Pulse(std::chrono::steady_clock::time_point begin) : begin_(begin), last_(begin) {}
    bool due();
    double real_seconds() const { return std::chrono::duration<double>(last_ - begin_).count(); }

private:
    std::chrono::steady_clock::time_point begin_;
    std::chrono::steady_clock::time_point last_;
    int wait_ = 1;  ///< steps between looks at the clock
    int left_ = 1;
};

/// Poisson sources on a neuron group: on all of it, or on the neurons of a list.
struct Input {
    ScalarTable scalars;
    BoundKernel kernel;
    std::int64_t count = 0;
    std::vector<std::uint32_t> list;

    void run(const Clock& clock) {
        if (list.empty()) {
            kernel.run_elements(clock, count);
        } else {
            kernel.run_listed(clock, list.data(), count);
        }
    }
};

struct Simulation::State {
    State(analysis::NetworkSpec network, codegen::Plan made, Options chosen);

    analysis::NetworkSpec spec;
    codegen::Plan plan;
    Options options;
    std::unique_ptr<base::ThreadPool> pool;
    Callables callables;
    Context context;
    Clock& clock;
    std::int64_t steps = 0;
    std::int64_t traces_step = 0;  ///< the step at which the traces kept in the neurons stand
    std::deque<std::unique_ptr<NeuronGroup>> neurons;
    std::deque<std::unique_ptr<SynapseGroup>> synapses;
    std::deque<Input> inputs;
    std::deque<Regular> regular;
    std::unique_ptr<Recording> recording;
    std::vector<network::StateArray*> summed;  ///< cleared before each accumulation
    std::int64_t spike_count = 0;
    double build_seconds = 0.0;
    double run_seconds = 0.0;
    double write_seconds = 0.0;
    double last_progress = 0.0;
    bool stopped = false;

    NeuronGroup* find_neurons(const std::string& name);
    SynapseGroup* find_synapses(const std::string& name);
    void make_groups();
    void make_inputs();
    void want_kernels();
    /// Binds every kernel; anew when a structural edit has moved arrays.
    void bind();
    void edit_structure();
    void check_finite();
    void check_all_finite() const;
    RunInfo run_info() const;
    void report(const Pulse& pulse);
    /// Brings the traces kept in the neurons to the present step, once a step.
    void advance_traces();
    void record_end();
};

}  // namespace bouton::sim
