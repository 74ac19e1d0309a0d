// SPDX-License-Identifier: BSD-3-Clause
#include "session/long_run.hpp"

#include "base/stop.hpp"
#include "io/step_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <system_error>

namespace bouton::session {
namespace {

namespace fs = std::filesystem;

std::string quoted(const fs::path& path) { return "'" + base::escape(path.string()) + "'"; }

std::string at(const SavedRun& run) {
    return fmt::format("t = {} ms", io::StepClock(run.dt).milliseconds(run.step));
}

/// The lines of a network but for its duration, numbered as in the whole text.
struct Line {
    std::size_t number = 0;
    std::string text;
    friend bool operator!=(const Line& a, const Line& b) { return a.text != b.text; }
};

std::vector<Line> lines_that_count(const std::string& toml) {
    std::vector<Line> lines;
    std::istringstream text(toml);
    std::string line, section;
    for (std::size_t number = 1; std::getline(text, line); ++number) {
        if (line.starts_with('[')) section = line;
        if (section == "[simulation]" && line.starts_with("duration = ")) continue;
        lines.push_back({number, line});
    }
    return lines;
}

/// What differs first, or nothing.
std::string first_difference(const std::string& was, const std::string& is) {
    const auto before = lines_that_count(was), now = lines_that_count(is);
    const std::size_t most = std::max(before.size(), now.size());
    for (std::size_t k = 0; k < most; ++k) {
        if (k < before.size() && k < now.size() && !(before[k] != now[k])) continue;
        const auto show = [k](const std::vector<Line>& lines) {
            return k < lines.size() ? base::escape(lines[k].text) : std::string("(nothing)");
        };
        const std::size_t number = k < now.size() ? now[k].number : before[k].number;
        return fmt::format("line {} of the network differs\n  it was: {}\n  it is:  {}", number, show(before),
                           show(now));
    }
    return {};
}

/// Refuses to write the checkpoints over the results, under whatever names; neither need be there.
void refuse_the_results(const fs::path& checkpoint, const io::ResultsFile& results) {
    std::error_code ignored;
    const auto place = [&](const fs::path& path) {
        return fs::weakly_canonical(fs::absolute(path), ignored);
    };
    const fs::path& target = results.target();
    fs::path partial = checkpoint;
    partial += ".partial";
    for (const fs::path& written : {checkpoint, Generations::before(checkpoint), partial}) {
        for (const fs::path& taken : {target, results.partial(), io::JournaledResults::beside(target)}) {
            if (place(written) != place(taken)) continue;
            throw base::Error("the checkpoint " + quoted(checkpoint) + " would be written over the results " +
                                  quoted(results.path()) + ": name another file",
                              2);
        }
    }
}

}  // namespace

fs::path Generations::before(fs::path file) { return file += ".previous"; }

Generations::Generations(fs::path file, base::InputFiles inputs)
    : file_(std::move(file)), inputs_(std::move(inputs)) {
    output_.emplace(file_, inputs_);
    for (const fs::path& path : {output_->target(), before(output_->target())}) {
        const auto identity = base::identity_of(path);
        if (!identity) continue;
        for (const base::InputFile& input : inputs_) {
            if (input.identity == *identity)
                throw base::Error("the checkpoint " + quoted(path) + " is the same file as the input " +
                                      quoted(input.path) + ": name another file",
                                  2);
        }
        std::error_code ignored;
        if (!fs::is_regular_file(path, ignored) || (fs::file_size(path, ignored) > 0 && !is_state_file(path)))
            throw base::Error("the checkpoint " + quoted(path) +
                                  " is a file of another kind: name another file, or move it away",
                              2);
    }
}

void Generations::write(SavedRun run, const std::function<void(base::Archive&)>& write) {
    if (!output_) output_.emplace(file_, inputs_);
    try {
        write_state(*output_, std::move(run), write);
        // A damaged one must not push out the sound one before it.
        const fs::path& target = output_->target();
        if (sound_ || is_sound_state_file(target)) {
            if (::rename(target.c_str(), before(target).c_str()) != 0)
                throw io::WriteError("rename", std::generic_category().message(errno)).in(target);
        }
        sound_ = false;
        output_->commit();
        sound_ = true;
    } catch (...) {
        output_->discard();
        prepare();
        throw;
    }
    prepare();
}

void Generations::prepare() {
    output_.reset();
    try {
        output_.emplace(file_, inputs_);
    } catch (const base::Error&) {
        // The next time tells, if it still cannot be made then.
    }
}

base::InputFiles LongRun::Request::files() const {
    base::InputFiles files;
    const auto add = [&files](const fs::path& path) {
        for (const fs::path& generation : {path, Generations::before(path)})
            if (base::identity_of(generation)) base::note_input(files, generation);
    };
    if (resume) add(*resume);
    if (checkpoint) add(*checkpoint);
    return files;
}

LongRun::LongRun(Request request, SavedRun now, io::ResultsFile& results, const base::InputFiles& inputs,
                 Warn warn)
    : request_(std::move(request)), run_(std::move(now)), warn_(std::move(warn)) {
    run_.results = fs::absolute(results.path()).string();
    if (request_.checkpoint) {
        const double steps = std::round(request_.every / run_.dt);
        if (!(steps >= 1.0))
            throw base::Error(
                fmt::format("--every {:.10g} ms is shorter than a step of the network, {:.10g} ms",
                            request_.every * 1e3, run_.dt * 1e3),
                2);
        every_steps_ = static_cast<std::int64_t>(std::min(steps, model::kMostSteps));
        refuse_the_results(*request_.checkpoint, results);
    }
    if (request_.resume) open_state();
    records_.emplace(results, state_ ? std::optional(state_->run().journal) : std::nullopt,
                     request_.checkpoint ? io::JournaledResults::Keep::yes : io::JournaledResults::Keep::no);
    if (!request_.checkpoint) return;
    auto others = inputs;
    for (const fs::path& path : {results.target(), results.partial(), records_->beside(results.target())})
        if (base::identity_of(path)) base::note_input(others, path);
    generations_.emplace(*request_.checkpoint, std::move(others));
}

void LongRun::open_state() {
    const fs::path& file = *request_.resume;
    try {
        state_ = std::make_unique<StateFile>(file);
    } catch (const base::Stopped&) {
        throw;
    } catch (const base::Error& error) {
        const fs::path older = Generations::before(file);
        if (!is_sound_state_file(older)) throw;
        throw base::Error(fmt::format("{}\nthe checkpoint before it, {}, is sound ({}): --resume {}",
                                      error.what(), quoted(older), at(StateFile(older).run()), quoted(older)),
                          2);
    }
    const SavedRun& saved = state_->run();
    if (saved.results.empty())
        throw base::Error(
            quoted(file) +
                " is a saved session, whose records are not in a file: go on with it in Python, "
                "bouton.Simulation.resume",
            2);
    refuse_another_network();
    const double steps = std::round(run_.duration / run_.dt);
    if (static_cast<double>(saved.step) > steps)
        throw base::Error(fmt::format("cannot go on from {}: it is at {}, beyond the duration of {:.10g} ms",
                                      quoted(file), at(saved), run_.duration * 1e3),
                          2);
    if (saved.version != run_.version && warn_)
        warn_(fmt::format(
            "{} was written by bouton {}, and this is {}: what follows can differ from what would "
            "have followed there",
            quoted(file), base::escape(saved.version), run_.version));
}

void LongRun::refuse_another_network() const {
    const auto refuse = [this](const std::string& what) {
        throw base::Error(
            fmt::format("cannot go on from {}: it is of another network: {}\n(only the duration may "
                        "change)",
                        quoted(*request_.resume), what),
            2);
    };
    const SavedNetwork &was = state_->run().network, &is = run_.network;
    if (const auto difference = first_difference(was.text, is.text); !difference.empty()) refuse(difference);
    if (state_->run().precision != run_.precision)
        refuse("its precision is " + base::escape(state_->run().precision) + ", not " + run_.precision);
    for (std::size_t k = 0; k < std::max(was.files.size(), is.files.size()); ++k) {
        if (k >= is.files.size()) refuse("it also read '" + base::escape(was.files[k].path) + "'");
        if (k >= was.files.size()) refuse("it did not read '" + base::escape(is.files[k].path) + "'");
        if (was.files[k].sha256 != is.files[k].sha256)
            refuse("'" + base::escape(is.files[k].path) + "' has changed since");
    }
}

void LongRun::set_up(sim::Options& options) {
    options.recorder = &*records_;
    if (state_) options.state = &state_->state();
    if (!generations_) return;
    options.pause_steps = every_steps_;
    options.at_pause = [this] { write(); };
}

void LongRun::refuse_state(const base::ArchiveError& error) const {
    throw base::Error(request_.resume
                          ? fmt::format("cannot go on from {}: {}", quoted(*request_.resume), error.what())
                          : std::string(error.what()),
                      2);
}

void LongRun::write() {
    note_present(run_, *simulation_);
    run_.journal = records_->mark();
    try {
        generations_->write(run_, [this](base::Archive& archive) { simulation_->archive(archive); });
        records_->needed();
    } catch (const base::Error& error) {
        if (warn_)
            warn_(fmt::format("no checkpoint at {}: {}; the run goes on, and older checkpoints stay",
                              at(run_), error.what()));
    }
}

}  // namespace bouton::session
