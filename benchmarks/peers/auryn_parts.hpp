// SPDX-License-Identifier: BSD-3-Clause
// What auryn_run.py's generated programs need beside Auryn's own classes: a recorder that keeps spikes in memory, and
// neurons in Euler steps like Auryn's TIFGroup but with a reset of their own, for conductances or currents.
#pragma once

#include <auryn.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <utility>
#include <vector>

// Keeps all spikes of a group.
class Recorder : public auryn::Device {
public:
    std::vector<std::pair<auryn::AurynTime, auryn::NeuronID>> spikes;

    explicit Recorder(auryn::SpikingGroup* group) : group_(group) { auryn::sys->register_device(this); }

    void execute() override {
        const auto now = auryn::sys->get_clock();
        for (const auto neuron : *group_->get_spikes_immediate()) spikes.emplace_back(now, neuron);
    }

private:
    auryn::SpikingGroup* group_;
};

struct CellValues {
    float rest, threshold, reset, tau_m, tau_e, tau_i, reversal_e, reversal_i;  // s and the unit of v
    int refractory_steps;
};

// dv/dt = (rest - v + inputs)/tau_m; g_ampa and g_gaba are conductances in units of the leak's, or currents.
template <bool kConductance>
class Cells : public auryn::NeuronGroup {
public:
    Cells(auryn::NeuronID size, const CellValues& values)
        : NeuronGroup(size), values_(values), refractory_(get_vector_size(), 0) {
        auryn::sys->register_spiking_group(this);
        default_exc_target_state = g_ampa;
        default_inh_target_state = g_gaba;
        clear();
    }

    void clear() override {
        clear_spikes();
        mem->set_all(values_.rest);
        g_ampa->set_zero();
        g_gaba->set_zero();
    }

    void evolve() override {
        float *v = mem->ptr(), *e = g_ampa->ptr(), *i = g_gaba->ptr();
        const float step = static_cast<float>(auryn::auryn_timestep) / values_.tau_m;
        for (auryn::NeuronID k = 0; k < get_rank_size(); ++k) {
            if (refractory_[k] > 0) {
                --refractory_[k];
                continue;
            }
            const float input = kConductance
                                    ? e[k] * (values_.reversal_e - v[k]) + i[k] * (values_.reversal_i - v[k])
                                    : e[k] + i[k];
            v[k] += step * (values_.rest - v[k] + input);
            if (v[k] > values_.threshold) {
                push_spike(k);
                v[k] = values_.reset;
                refractory_[k] = values_.refractory_steps;
            }
        }
        g_ampa->scale(std::exp(static_cast<float>(-auryn::auryn_timestep) / values_.tau_e));
        g_gaba->scale(std::exp(static_cast<float>(-auryn::auryn_timestep) / values_.tau_i));
    }

private:
    CellValues values_;
    std::vector<int> refractory_;
};

// Starts v anywhere between two values.
inline void start_uniform(auryn::NeuronGroup* group, float low, float high, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> between(low, high);
    for (auryn::NeuronID k = 0; k < group->get_rank_size(); ++k) group->mem->set(k, between(random));
}

// Starts weights anywhere between 0 and a value.
inline void start_uniform(auryn::SparseConnection* synapses, float high, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> between(0.0f, high);
    float* w = synapses->w->get_data_begin();
    for (auryn::AurynLong k = 0; k < synapses->w->get_nonzero(); ++k) w[k] = between(random);
}

// Runs, and prints a line: seconds and spikes; writes the plastic weights as floats.
inline void run(double seconds, const std::vector<Recorder*>& recorders, auryn::SparseConnection* plastic) {
    const auto begin = std::chrono::steady_clock::now();
    auryn::sys->run(seconds, false);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::size_t spikes = 0;
    for (const auto* one : recorders) spikes += one->spikes.size();
    std::printf("\nresult %.9g %zu\n", took.count(), spikes);
    if (plastic == nullptr) return;
    std::FILE* file = std::fopen("weights", "wb");
    std::fwrite(plastic->w->get_data_begin(), sizeof(float), plastic->w->get_nonzero(), file);
    std::fclose(file);
}
