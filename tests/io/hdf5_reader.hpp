// SPDX-License-Identifier: BSD-3-Clause
// Reads back what the tests wrote, through the plain C interface of HDF5.
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <string>
#include <vector>

namespace bouton::tests {

/// A dataset of numbers, whatever their type in the file.
struct Numbers {
    std::vector<hsize_t> shape;
    std::vector<double> values;
    std::string units;  ///< empty if there is no such attribute
    std::size_t element_bytes = 0;
};

class Hdf5Reader {
public:
    explicit Hdf5Reader(const std::filesystem::path& path)
        : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {}
    Hdf5Reader(const Hdf5Reader&) = delete;
    Hdf5Reader& operator=(const Hdf5Reader&) = delete;
    ~Hdf5Reader() {
        if (file_ >= 0) H5Fclose(file_);
    }

    bool opened() const { return file_ >= 0; }
    bool has(const std::string& name) const { return H5Lexists(file_, name.c_str(), H5P_DEFAULT) > 0; }

    Numbers numbers(const std::string& name) const {
        Numbers out;
        const hid_t dataset = H5Dopen2(file_, name.c_str(), H5P_DEFAULT);
        if (dataset < 0) return out;
        const hid_t space = H5Dget_space(dataset);
        out.shape.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
        H5Sget_simple_extent_dims(space, out.shape.data(), nullptr);
        out.values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
        if (!out.values.empty()) {
            H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.values.data());
        }
        const hid_t type = H5Dget_type(dataset);
        out.element_bytes = H5Tget_size(type);
        if (H5Aexists(dataset, "units") > 0) out.units = text_of(dataset, "units");
        H5Tclose(type);
        H5Sclose(space);
        H5Dclose(dataset);
        return out;
    }

    std::string text(const std::string& attribute) const { return text_of(file_, attribute); }

    double number(const std::string& attribute, const std::string& place = ".") const {
        double value = 0.0;
        const hid_t id = H5Aopen_by_name(file_, place.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        H5Aread(id, H5T_NATIVE_DOUBLE, &value);
        H5Aclose(id);
        return value;
    }

private:
    static std::string text_of(hid_t object, const std::string& attribute) {
        const hid_t id = H5Aopen(object, attribute.c_str(), H5P_DEFAULT);
        if (id < 0) return {};
        const hid_t type = H5Aget_type(id);
        char* read = nullptr;
        H5Aread(id, type, &read);
        std::string out = read == nullptr ? "" : read;
        H5free_memory(read);
        H5Tclose(type);
        H5Aclose(id);
        return out;
    }

    hid_t file_;
};

}  // namespace bouton::tests
