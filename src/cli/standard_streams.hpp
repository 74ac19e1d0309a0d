// SPDX-License-Identifier: BSD-3-Clause
// Standard output and standard error, either of which may be closed, full, or a pipe that nobody reads any more. Nothing
// here throws: a message that is lost changes nothing, and output that is lost is told once, at the end.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace bouton::cli {

/// To be called first. Opens descriptors 0 to 2 if they are closed, so that no file of ours gets one of them, in a way that
/// still lets every use of them fail; and turns a pipe that nobody reads into a failed write.
void prepare_standard_streams();

/// Writes to standard output, by way of its buffer.
void print_text(std::string_view text);
template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
    print_text(fmt::format(format, std::forward<Args>(args)...));
}
/// Empties the buffer: what was printed can be read now.
void flush_output();

/// Writes to standard error at once.
void print_error_text(std::string_view text);

/// What a command makes: text on standard output, or files.
enum class Product { text, files };

/// Empties the buffer and returns the exit status: `status`, or 1 with a message if it is 0 and the product was lost. Where
/// nobody reads the product any more (`| head`) the program ends here as others do, by SIGPIPE and without a word.
int end_output(Product product, int status);

}  // namespace bouton::cli
