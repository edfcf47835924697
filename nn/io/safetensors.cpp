#include "nn/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/io/element_type.h"

namespace tengen::nn {
namespace {

using nlohmann::json;

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr int64_t kMostElements = int64_t{1} << 40;

// The format's names; its 8-bit floats and complex numbers are not read.
std::optional<ElementType> element_type(const std::string& name) {
  static const std::map<std::string, ElementType> types = {
      {"BOOL", ElementType::kBool}, {"I8", ElementType::kI8},     {"U8", ElementType::kU8},
      {"I16", ElementType::kI16},   {"U16", ElementType::kU16},   {"I32", ElementType::kI32},
      {"U32", ElementType::kU32},   {"I64", ElementType::kI64},   {"U64", ElementType::kU64},
      {"F16", ElementType::kF16},   {"BF16", ElementType::kBF16}, {"F32", ElementType::kF32},
      {"F64", ElementType::kF64}};
  const auto found = types.find(name);
  if (found == types.end()) return std::nullopt;
  return found->second;
}

Tensor decoded(ElementType type, const Shape& shape, std::string_view bytes) {
  std::vector<float> values(static_cast<size_t>(shape.size()));
  decode_floats(type, bytes, values);
  return Tensor(shape, values);
}

// One tensor as the header describes it; bytes [begin, end) of the data.
struct Entry {
  std::string path;
  ElementType type;
  Shape shape;
  uint64_t begin, end;
};

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  SafeTensors read() {
    const json header = read_header();
    SafeTensors out;
    std::vector<Entry> entries;
    for (const auto& [path, value] : header.items()) {
      if (path == "__metadata__") {
        out.metadata = metadata(value);
      } else {
        entries.push_back(entry(path, value));
      }
    }
    check_layout(entries);
    for (const Entry& e : entries)
      out.tensors.push_back(
          {e.path, decoded(e.type, e.shape, data_.substr(e.begin, e.end - e.begin))});
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(name_ + ": not a valid safetensors file: " + what);
  }

  json read_header() {
    if (bytes_.size() < kLengthBytes)
      fail("it ends after " + std::to_string(bytes_.size()) + " bytes, before its header");
    uint64_t length;
    std::memcpy(&length, bytes_.data(), sizeof length);
    if (length > kLongestHeader) fail("a header of " + std::to_string(length) + " bytes");
    if (length > bytes_.size() - kLengthBytes)
      fail("truncated: the header should have " + std::to_string(length) + " bytes, " +
           std::to_string(bytes_.size() - kLengthBytes) + " are there");
    data_ = bytes_.substr(kLengthBytes + length);
    const std::string_view text = bytes_.substr(kLengthBytes, length);
    std::set<std::string> keys;
    try {
      const auto unique_keys = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth == 1 && event == json::parse_event_t::key &&
            !keys.insert(parsed.get<std::string>()).second)
          fail("tensor " + parsed.get<std::string>() + " stands in the header twice");
        // A header is three levels deep; a million brackets must not exhaust the stack.
        if (depth > 8) fail("the header is nested too deeply");
        return true;
      };
      json header = json::parse(text, unique_keys);
      if (!header.is_object()) fail("the header is not a JSON object");
      return header;
    } catch (const json::exception& error) {
      fail(std::string("the header is not JSON: ") + error.what());
    }
  }

  std::map<std::string, std::string> metadata(const json& value) const {
    if (!value.is_object()) fail("__metadata__ is not an object");
    std::map<std::string, std::string> out;
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail("__metadata__ \"" + key + "\" is not a string");
      out[key] = text.get<std::string>();
    }
    return out;
  }

  uint64_t count(const json& value, const std::string& what) const {
    if (!value.is_number_unsigned()) fail(what + " is not a count");
    return value.get<uint64_t>();
  }

  Shape shape(const json& value, const std::string& of) const {
    if (!value.is_array()) fail(of + " has no shape");
    std::vector<int64_t> dims;
    int64_t size = 1;
    for (const json& dim : value) {
      const uint64_t length = count(dim, "a dimension of " + of);
      if (length > uint64_t{kMostElements} ||
          (length > 0 && size > kMostElements / static_cast<int64_t>(length)))
        fail(of + " is too large");
      dims.push_back(static_cast<int64_t>(length));
      size *= dims.back();
    }
    return Shape(dims);
  }

  Entry entry(const std::string& path, const json& value) const {
    const std::string of = "tensor " + path;
    if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string() ||
        !value.contains("shape") || !value.contains("data_offsets"))
      fail(of + " has not the keys dtype, shape and data_offsets");
    const std::string type_name = value["dtype"].get<std::string>();
    const std::optional<ElementType> type = element_type(type_name);
    if (!type)
      fail(of + " has the type " + type_name +
           "; F16, BF16, F32, F64, BOOL and whole numbers can be read");
    Entry out{path, *type, shape(value["shape"], of), 0, 0};
    const json& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2) fail(of + " has not two data_offsets");
    out.begin = count(offsets[0], "a data offset of " + of);
    out.end = count(offsets[1], "a data offset of " + of);
    if (out.begin > out.end) fail(of + " ends before it begins");
    if (out.end > data_.size())
      fail("truncated: " + of + " ends at byte " + std::to_string(out.end) +
           " of the data, which has " + std::to_string(data_.size()));
    const uint64_t expected = static_cast<uint64_t>(out.shape.size()) * element_bytes(*type);
    if (out.end - out.begin != expected)
      fail(of + " " + out.shape.text() + " " + type_name + " needs " + std::to_string(expected) +
           " bytes, its data_offsets span " + std::to_string(out.end - out.begin));
    return out;
  }

  // The format allows neither holes nor overlaps.
  void check_layout(std::vector<Entry>& entries) const {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    uint64_t at = 0;
    for (const Entry& e : entries) {
      if (e.begin < at) fail("tensor " + e.path + " overlaps the one before it");
      if (e.begin > at) fail("a hole in the data before tensor " + e.path);
      at = e.end;
    }
    if (at != data_.size())
      fail(std::to_string(data_.size() - at) + " bytes of data belong to no tensor");
  }

  const std::string_view bytes_;
  const std::string& name_;
  std::string_view data_;  // after the header
};

std::string serialized(const SafeTensors& content) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
  uint64_t offset = 0;
  for (const NamedTensor& entry : content.tensors) {
    CHECK(entry.path != "__metadata__");
    CHECK(!header.contains(entry.path));
    const uint64_t end = offset + static_cast<uint64_t>(entry.tensor.size()) * sizeof(float);
    header[entry.path] = {
        {"dtype", "F32"}, {"shape", entry.tensor.shape().dims()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the data begins aligned

  const uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes.reserve(kLengthBytes + length + offset);
  bytes += text;
  for (const NamedTensor& entry : content.tensors) {
    const std::vector<float> values = entry.tensor.to_vector();
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }
  return bytes;
}

}  // namespace

void save_safetensors(const std::string& path, const SafeTensors& content) {
  write_file_atomically(path, serialized(content));
}

SafeTensors load_safetensors(const std::string& path) {
  return parse_safetensors(read_file(path), path);
}

SafeTensors parse_safetensors(std::string_view bytes, const std::string& name) {
  return Reader(bytes, name).read();
}

}  // namespace tengen::nn
