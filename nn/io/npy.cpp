#include "nn/io/npy.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/io/element_type.h"

namespace tengen::nn {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kAlignment = 64;  // the data begins at a multiple, as numpy writes it
constexpr int64_t kMostElements = int64_t{1} << 40;
constexpr int kMostAxes = 64;  // numpy's own limit

// What numpy calls a type, without the byte order: "f4".
std::optional<ElementType> element_type(std::string_view code) {
  static const std::map<std::string_view, ElementType> types = {
      {"b1", ElementType::kBool}, {"i1", ElementType::kI8},  {"u1", ElementType::kU8},
      {"i2", ElementType::kI16},  {"u2", ElementType::kU16}, {"i4", ElementType::kI32},
      {"u4", ElementType::kU32},  {"i8", ElementType::kI64}, {"u8", ElementType::kU64},
      {"f2", ElementType::kF16},  {"f4", ElementType::kF32}, {"f8", ElementType::kF64}};
  const auto found = types.find(code);
  if (found == types.end()) return std::nullopt;
  return found->second;
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  Tensor read() {
    read_header();
    const uint64_t expected = static_cast<uint64_t>(shape_.size()) * element_bytes(type_);
    if (bytes_.size() != expected)
      fail("shape " + shape_.text() + " needs " + std::to_string(expected) + " bytes of data, " +
           std::to_string(bytes_.size()) + " are there");
    std::vector<float> values(static_cast<size_t>(shape_.size()));
    decode_floats(type_, bytes_, values);
    return Tensor(shape_, fortran_order_ ? row_major(values) : values);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(name_ + ": not a readable .npy array: " + what);
  }

  // Leaves the data in bytes_.
  void read_header() {
    if (!bytes_.starts_with(kMagic)) fail("it does not begin with numpy's magic string");
    if (bytes_.size() < kMagic.size() + 4) fail("it ends within its header");
    const int version = static_cast<unsigned char>(bytes_[kMagic.size()]);
    if (version < 1 || version > 3) fail("format version " + std::to_string(version));
    bytes_.remove_prefix(kMagic.size() + 2);
    const size_t length_bytes = version == 1 ? 2 : 4;
    if (bytes_.size() < length_bytes) fail("it ends within its header");
    uint32_t length = 0;
    std::memcpy(&length, bytes_.data(), length_bytes);  // little-endian, as this machine is
    bytes_.remove_prefix(length_bytes);
    if (length > bytes_.size())
      fail("the header should have " + std::to_string(length) + " bytes, " +
           std::to_string(bytes_.size()) + " are there");
    text_ = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    read_dictionary();
  }

  void read_dictionary() {
    bool has_type = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        read_type();
        has_type = true;
      } else if (key == "fortran_order") {
        fortran_order_ = truth();
        has_order = true;
      } else if (key == "shape") {
        read_shape();
        has_shape = true;
      } else {
        fail("an unknown key '" + std::string(key) + "' in its header");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!has_type || !has_order || !has_shape)
      fail("its header lacks one of descr, fortran_order and shape");
  }

  void read_type() {
    skip_blanks();
    if (text_.starts_with('[')) fail("a structured type; save each field as an array of its own");
    const std::string_view code = quoted();
    const std::optional<ElementType> type =
        code.size() == 3 ? element_type(code.substr(1)) : std::nullopt;
    if (!type || (code[0] != '<' && code[0] != '|' && code[0] != '>' && code[0] != '='))
      fail("the type '" + std::string(code) +
           "'; booleans, whole numbers and f2, f4, f8 can be read, so convert it with "
           ".astype('<f4')");
    if (code[0] == '>' && element_bytes(*type) > 1)
      fail("big-endian numbers '" + std::string(code) + "'; convert them with .astype('<f4')");
    type_ = *type;
  }

  void read_shape() {
    std::vector<int64_t> dims;
    int64_t size = 1;
    expect('(');
    while (!accept(')')) {
      dims.push_back(whole());
      if (static_cast<int>(dims.size()) > kMostAxes) fail("more than 64 axes");
      if (dims.back() > kMostElements || (dims.back() > 0 && size > kMostElements / dims.back()))
        fail("an array of more than 2^40 elements");
      size *= dims.back();
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    shape_ = Shape(dims);
  }

  void skip_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size()));
  }
  bool accept(char wanted) {
    skip_blanks();
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted))
      fail(std::string("its header is damaged where a '") + wanted + "' should stand");
  }
  std::string_view quoted() {
    skip_blanks();
    const char quote = text_.empty() ? ' ' : text_[0];
    const size_t end = quote == '\'' || quote == '"' ? text_.find(quote, 1) : std::string::npos;
    if (end == std::string::npos) fail("its header is damaged where a string should stand");
    const std::string_view inside = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inside;
  }
  bool truth() {
    skip_blanks();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    fail("its header is damaged where True or False should stand");
  }
  int64_t whole() {
    skip_blanks();
    int64_t value = -1;
    const auto [end, fault] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (fault != std::errc() || value < 0) fail("its header is damaged where a size should stand");
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    return value;
  }

  // From the order in which the first axis runs fastest.
  std::vector<float> row_major(const std::vector<float>& values) const {
    std::vector<float> out(values.size());
    std::vector<int64_t> index(static_cast<size_t>(shape_.rank()), 0);
    for (float& to : out) {
      int64_t from = 0;
      for (int axis = shape_.rank() - 1; axis >= 0; --axis)
        from = from * shape_[axis] + index[static_cast<size_t>(axis)];
      to = values[static_cast<size_t>(from)];
      for (int axis = shape_.rank() - 1; axis >= 0; --axis) {
        if (++index[static_cast<size_t>(axis)] < shape_[axis]) break;
        index[static_cast<size_t>(axis)] = 0;
      }
    }
    return out;
  }

  std::string_view bytes_, text_;
  const std::string& name_;
  ElementType type_ = ElementType::kF32;
  bool fortran_order_ = false;
  Shape shape_;
};

}  // namespace

Tensor parse_npy(std::string_view bytes, const std::string& name) {
  return Reader(bytes, name).read();
}

Tensor load_npy(const std::string& path) { return parse_npy(read_file(path), path); }

std::string npy_bytes(const Tensor& tensor) {
  std::string shape;
  for (const int64_t dim : tensor.shape().dims()) shape += std::to_string(dim) + ", ";
  if (tensor.shape().rank() > 1) shape.resize(shape.size() - 2);  // (3,) but (3, 4)
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  const size_t before = kMagic.size() + 4;
  while ((before + header.size() + 1) % kAlignment != 0) header += ' ';
  header += '\n';
  const uint16_t length = static_cast<uint16_t>(header.size());
  std::string bytes(kMagic);
  bytes.append("\x01\x00", 2);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += header;
  const std::vector<float> values = tensor.to_vector();
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return bytes;
}

void save_npy(const std::string& path, const Tensor& tensor) {
  write_file_atomically(path, npy_bytes(tensor));
}

}  // namespace tengen::nn
