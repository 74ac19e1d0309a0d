// SPDX-License-Identifier: BSD-3-Clause
// Every size is looked at before a byte is read: a damaged file must not make the program ask for all memory.
#include "io/hdf5/readers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;

std::string place_of(const Handle& object) {
    std::string name(static_cast<std::size_t>(std::max<ssize_t>(H5Iget_name(object.get(), nullptr, 0), 0)),
                     '\0');
    H5Iget_name(object.get(), name.data(), name.size() + 1);
    return name;
}

std::string inside(const Handle& group, const std::string& name) {
    const std::string place = place_of(group);
    return place + (place.ends_with('/') ? "" : "/") + name;
}

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
    throw ReadError(base::escape(place) + " " + what);
}

[[noreturn]] void refuse_unreadable(const std::string& place) {
    const std::string cause = last_cause();
    refuse(place, "cannot be read" + (cause.empty() ? "" : ": " + cause));
}

Handle open_attribute(const Handle& object, const std::string& name) {
    const std::string place = fmt::format("the attribute '{}' of {}", name, place_of(object));
    if (!has_attribute(object, name)) refuse(place, "is missing");
    Handle attribute(H5Aopen(object.get(), name.c_str(), H5P_DEFAULT), H5Aclose);
    if (!attribute) refuse_unreadable(place);
    const Handle space(H5Aget_space(attribute.get()), H5Sclose);
    if (H5Sget_simple_extent_npoints(space.get()) != 1) refuse(place, "holds more than one value");
    return attribute;
}

void read_attribute(const Handle& object, const std::string& name, bool whole, hid_t memory_type, void* to) {
    const Handle attribute = open_attribute(object, name);
    const std::string place = fmt::format("the attribute '{}' of {}", name, place_of(object));
    const Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const auto kind = H5Tget_class(type.get());
    if (whole ? kind != H5T_INTEGER : kind != H5T_INTEGER && kind != H5T_FLOAT)
        refuse(place, whole ? "is not a whole number" : "is not a number");
    if (H5Aread(attribute.get(), memory_type, to) < 0) refuse_unreadable(place);
}

struct Dataset {
    Handle handle;
    std::vector<hsize_t> shape;
    std::string place;
};

Dataset open_dataset(const Handle& group, const std::string& name, H5T_class_t kind) {
    Dataset dataset;
    dataset.place = inside(group, name);
    if (H5Lexists(group.get(), name.c_str(), H5P_DEFAULT) <= 0) refuse(dataset.place, "is missing");
    dataset.handle = Handle(H5Dopen2(group.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.handle) refuse_unreadable(dataset.place);
    const Handle type(H5Dget_type(dataset.handle.get()), H5Tclose);
    if (H5Tget_class(type.get()) != kind)
        refuse(dataset.place,
               kind == H5T_FLOAT ? "does not hold decimal numbers" : "does not hold whole numbers");
    const Handle space(H5Dget_space(dataset.handle.get()), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 0) refuse_unreadable(dataset.place);
    dataset.shape.resize(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), dataset.shape.data(), nullptr);
    return dataset;
}

/// The numbers of a sound file lie there as they are; a shape may state any number of them.
void check_storage(const Dataset& dataset) {
    const Handle type(H5Dget_type(dataset.handle.get()), H5Tclose);
    std::size_t bytes = H5Tget_size(type.get());
    for (const hsize_t n : dataset.shape)
        if (__builtin_mul_overflow(bytes, n, &bytes))
            refuse(dataset.place, "states more values than any file holds");
    const hsize_t held = H5Dget_storage_size(dataset.handle.get());
    if (held < bytes)
        refuse(dataset.place, fmt::format("states {} bytes of values, and holds {}", bytes, held));
}

void read_dataset(const Dataset& dataset, hid_t memory_type, void* to) {
    if (H5Dread(dataset.handle.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0)
        refuse_unreadable(dataset.place);
}

template <class Number>
std::vector<Number> read_column(const Handle& group, const std::string& name, H5T_class_t kind,
                                hid_t memory_type) {
    const Dataset dataset = open_dataset(group, name, kind);
    if (dataset.shape.size() != 1) refuse(dataset.place, "is not a column");
    check_storage(dataset);
    std::vector<Number> values(dataset.shape[0]);
    if (!values.empty()) read_dataset(dataset, memory_type, values.data());
    return values;
}

}  // namespace

void check_ordinary(const fs::path& path) {
    std::error_code code;
    const auto status = fs::status(path, code);
    if (status.type() == fs::file_type::not_found) throw ReadError("there is no such file");
    if (code) throw ReadError(code.message());
    if (!fs::is_regular_file(status)) throw ReadError("it is not an ordinary file");
}

Handle open_file(const fs::path& path) {
    quiet_hdf5();
    check_ordinary(path);
    const Handle access(checked(H5Pcreate(H5P_FILE_ACCESS), "set up the input"), H5Pclose);
    check(H5Pset_file_locking(access.get(), false, true), "set up the input");
    check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "set up the input");
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
    if (file) return file;
    const std::string cause = last_cause();
    if (H5Fis_hdf5(path.c_str()) == 0) throw ReadError("it is not an HDF5 file");
    throw ReadError(cause.empty() ? "it cannot be opened" : cause);
}

Handle open_group(const Handle& parent, const std::string& name) {
    const std::string place = inside(parent, name);
    if (H5Lexists(parent.get(), name.c_str(), H5P_DEFAULT) <= 0) refuse(place, "is missing");
    Handle group(H5Gopen2(parent.get(), name.c_str(), H5P_DEFAULT), H5Gclose);
    if (!group) refuse_unreadable(place);
    return group;
}

bool has_attribute(const Handle& object, const std::string& name) {
    return H5Aexists(object.get(), name.c_str()) > 0;
}

std::string read_text(const Handle& object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    const std::string place = fmt::format("the attribute '{}' of {}", name, place_of(object));
    const Handle type(H5Aget_type(attribute.get()), H5Tclose);
    if (H5Tget_class(type.get()) != H5T_STRING) refuse(place, "is not a text");
    if (H5Tis_variable_str(type.get()) > 0) {
        char* read = nullptr;
        if (H5Aread(attribute.get(), type.get(), &read) < 0) refuse_unreadable(place);
        std::string text = read == nullptr ? "" : read;
        H5free_memory(read);
        return text;
    }
    std::string text(H5Tget_size(type.get()), '\0');
    if (H5Aread(attribute.get(), type.get(), text.data()) < 0) refuse_unreadable(place);
    return text.substr(0, text.find('\0'));
}

double read_number(const Handle& object, const std::string& name) {
    double value = 0.0;
    read_attribute(object, name, false, H5T_NATIVE_DOUBLE, &value);
    return value;
}

std::uint64_t read_count(const Handle& object, const std::string& name) {
    std::uint64_t value = 0;  // HDF5 turns what is below 0 into 0
    read_attribute(object, name, true, H5T_NATIVE_UINT64, &value);
    return value;
}

std::vector<double> read_numbers(const Handle& group, const std::string& name) {
    return read_column<double>(group, name, H5T_FLOAT, H5T_NATIVE_DOUBLE);
}

std::vector<std::uint64_t> read_counts(const Handle& group, const std::string& name) {
    return read_column<std::uint64_t>(group, name, H5T_INTEGER, H5T_NATIVE_UINT64);
}

std::vector<float> read_floats(const Handle& group, const std::string& name,
                               const std::vector<std::size_t>& shape) {
    const Dataset dataset = open_dataset(group, name, H5T_FLOAT);
    if (!std::equal(shape.begin(), shape.end(), dataset.shape.begin(), dataset.shape.end())) {
        refuse(dataset.place, fmt::format("has the shape [{}], not [{}]", fmt::join(dataset.shape, ", "),
                                          fmt::join(shape, ", ")));
    }
    check_storage(dataset);
    std::size_t size = 1;
    for (const std::size_t n : shape) size *= n;
    std::vector<float> values(size);
    if (size > 0) read_dataset(dataset, H5T_NATIVE_FLOAT, values.data());
    return values;
}

}  // namespace bouton::io
