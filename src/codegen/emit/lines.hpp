// SPDX-License-Identifier: BSD-3-Clause
// Indented lines of C++, and above them the lines of the model that they come from.
#pragma once

#include "codegen/emit/spelling.hpp"
#include "codegen/ir/ir.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bouton::codegen {

class Lines {
public:
    void line(const std::string& content) {
        text_ += std::string(static_cast<std::size_t>(depth_) * 4, ' ') + content + "\n";
    }

    void open(const std::string& head) {
        line(head + " {");
        ++depth_;
    }

    void close(const std::string& tail = "") {
        --depth_;
        line("}" + tail);
    }

    void indent() { ++depth_; }
    void dedent() { --depth_; }
    std::string take() { return std::move(text_); }

private:
    int depth_ = 0;
    std::string text_;
};

/// Where the ops of a kernel come from.
class Notes {
public:
    explicit Notes(const Kernel& kernel) : notes_(kernel.notes) {
        for (const Op& op : kernel.ops)
            shown_.push_back(shown_.empty() || op.note >= 0 ? op.note : shown_.back());
    }

    /// A group of ops begins: its first one says where it comes from.
    void begin() { last_ = -1; }

    void write(ValueId id, Lines& lines) {
        const std::int32_t own = shown_[id];
        if (own < 0 || own == last_ || static_cast<std::size_t>(own) >= notes_.size()) return;
        last_ = own;
        lines.line("// " + comment(notes_[static_cast<std::size_t>(own)]));
    }

private:
    const std::vector<std::string>& notes_;
    std::vector<std::int32_t> shown_;  ///< the note of each op, its own or that of the ops before
    std::int32_t last_ = -1;
};

}  // namespace bouton::codegen
