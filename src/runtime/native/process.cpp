// SPDX-License-Identifier: BSD-3-Clause
// posix_spawn, a pipe for the output, and a loop that reads, looks at the clock and looks after the child.
#include "runtime/native/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>

namespace bouton::runtime {
namespace {

using std::chrono::steady_clock;
using How = ProgramEnd::How;

constexpr std::size_t kKeptOutput = 16 << 10;
constexpr int kLookEvery_ms = 20;  ///< at the clock, at the child, and whether to stop

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

private:
    int number_ = -1;
};

struct Pipe {
    Descriptor reading, writing;
};

/// Neither end is one of the standard streams, even where those are closed. Nothing if there is no descriptor left.
std::optional<Pipe> make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    const Descriptor first(ends[0]), second(ends[1]);
    Pipe pipe{Descriptor(fcntl(ends[0], F_DUPFD_CLOEXEC, 3)), Descriptor(fcntl(ends[1], F_DUPFD_CLOEXEC, 3))};
    if (pipe.reading.number() < 0 || pipe.writing.number() < 0) return std::nullopt;
    fcntl(pipe.reading.number(), F_SETFL, O_NONBLOCK);
    return pipe;
}

/// Ours, with temporary files where the caller wants them, English messages, and nothing that makes compilers write
/// files of their own.
std::vector<std::string> environment_for(const std::filesystem::path& temporary) {
    std::vector<std::string> list{"TMPDIR=" + temporary.string(), "LC_ALL=C"};
    constexpr std::string_view kDropped[] = {
        "TMPDIR=", "LC_ALL=", "DEPENDENCIES_OUTPUT=", "SUNPRO_DEPENDENCIES="};
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (std::none_of(std::begin(kDropped), std::end(kDropped),
                         [text](std::string_view name) { return text.starts_with(name); }))
            list.emplace_back(text);
    }
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

/// Returns 0 or why the program does not start.
int start(const ProgramRun& run, int output, pid_t& child) {
    std::vector<std::string> arguments = run.argv;
    std::vector<std::string> environment = environment_for(run.temporary);

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
#endif
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    const int failure = posix_spawn(&child, arguments[0].c_str(), &files, &attributes,
                                    pointers(arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/// Waits a moment for output and takes what is there; false once there will be none any more.
bool read_output(int from, std::string& kept) {
    pollfd wait{from, POLLIN, 0};
    poll(&wait, 1, kLookEvery_ms);
    std::array<char, 1 << 16> buffer;
    for (int round = 0; round < 16; ++round) {  // the clock wants a look too
        const ssize_t count = read(from, buffer.data(), buffer.size());
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        if (count == 0) return false;
        kept.append(buffer.data(), static_cast<std::size_t>(count));
        if (kept.size() > 2 * kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
    }
    return true;
}

/// Whether the child has ended; it stays a zombie, so that the number of its group cannot become that of others.
enum class Life { runs, ended, forgotten };
Life life_of(pid_t child) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno == EINTR ? Life::runs : Life::forgotten;
    return info.si_pid == 0 ? Life::runs : Life::ended;
}

/// Its wait status. Gives up on one that even SIGKILL does not end soon: it hangs in the system.
std::optional<int> reap(pid_t child) {
    int status = 0;
    for (int round = 0; round < 2000; ++round) {
        const pid_t done = waitpid(child, &status, WNOHANG);
        if (done == child) return status;
        if (done < 0 && errno != EINTR) break;
        poll(nullptr, 0, 1);
    }
    return std::nullopt;
}

/// Until the child has ended, the time is over or the caller has had enough.
How watch(pid_t child, int from, const ProgramRun& run, std::string& output) {
    const auto begin = steady_clock::now();
    for (bool open = true;;) {
        if (open)
            open = read_output(from, output);
        else
            poll(nullptr, 0, 1);
        const Life life = life_of(child);
        if (life == Life::ended) return How::exited;
        if (life == Life::forgotten) return How::unknown;
        if (run.is_cancelled && run.is_cancelled()) return How::cancelled;
        const std::chrono::duration<double> passed = steady_clock::now() - begin;
        if (run.limit_s > 0.0 && passed.count() > run.limit_s) return How::timed_out;
    }
}

}  // namespace

ProgramEnd run_program(const ProgramRun& run) {
    ProgramEnd end;
    std::optional<Pipe> pipe = make_pipe();
    pid_t child = 0;
    end.number = pipe ? start(run, pipe->writing.number(), child) : errno;
    if (end.number != 0) return end;
    pipe->writing = Descriptor();

    end.how = watch(child, pipe->reading.number(), run, end.output);
    if (end.how == How::exited) read_output(pipe->reading.number(), end.output);
    if (end.how != How::unknown) {
        kill(-child, SIGKILL);
        const std::optional<int> status = reap(child);
        if (end.how == How::exited && !status) end.how = How::unknown;
        if (end.how == How::exited) {
            if (WIFSIGNALED(*status)) end.how = How::signalled;
            end.number = WIFSIGNALED(*status) ? WTERMSIG(*status) : WEXITSTATUS(*status);
        }
    }
    if (end.output.size() > kKeptOutput) end.output.erase(0, end.output.size() - kKeptOutput);
    return end;
}

}  // namespace bouton::runtime
