#include "nn/data/tf_example.h"

#include "nn/base/check.h"
#include "nn/io/tfrecord.h"
#include "nn/io/wire_format.h"

namespace tengen::nn {
namespace {

// Example.features = 1; Features.feature = 1, a map, whose entries have key = 1 and value = 2.
constexpr int kFeatures = 1, kFeature = 1, kKey = 1, kValue = 2;
// Feature is one of these, each a list with value = 1.
constexpr int kBytesList = 1, kFloatList = 2, kInt64List = 3, kListValue = 1;

void read_list(int kind, WireReader list, TfFeature& out) {
  while (const auto field = list.next()) {
    if (field->number != kListValue) continue;  // of a later version of the format
    if (kind == kBytesList) {
      list.expect(*field, WireType::kBytes);
      out.bytes.emplace_back(field->bytes);
    } else if (kind == kFloatList) {
      list.append_floats(*field, out.floats);
    } else {
      list.append_varints(*field, out.ints);
    }
  }
}

void read_entry(WireReader entry, TfExample& out) {
  std::string key;
  TfFeature value;
  while (const auto field = entry.next()) {
    if (field->number == kKey) {
      entry.expect(*field, WireType::kBytes);
      key = field->bytes;
    } else if (field->number == kValue) {
      WireReader feature = entry.inner(*field);
      while (const auto list = feature.next())
        if (list->number >= kBytesList && list->number <= kInt64List)
          read_list(list->number, feature.inner(*list), value);
    }
  }
  out.features[key] = std::move(value);
}

WireWriter written_list(const TfFeature& feature) {
  WireWriter out;
  if (!feature.bytes.empty()) {
    WireWriter list;
    for (const std::string& bytes : feature.bytes) list.bytes(kListValue, bytes);
    out.message(kBytesList, list);
  } else if (!feature.floats.empty()) {
    out.message(kFloatList, WireWriter().packed_floats(kListValue, feature.floats));
  } else if (!feature.ints.empty()) {
    out.message(kInt64List, WireWriter().packed_varints(kListValue, feature.ints));
  }
  return out;
}

class TfRecordDataset : public Dataset {
 public:
  TfRecordDataset(const std::string& path, std::function<Sample(const TfExample&)> to_sample)
      : file_(path), to_sample_(std::move(to_sample)) {}
  int64_t size() const override { return file_.size(); }
  Sample get(int64_t index) const override {
    const std::string record = file_.record(index);
    const std::string name = file_.name() + ": record " + std::to_string(index);
    const TfExample example = parse_tf_example(record, name, file_.data_offset(index));
    try {
      return to_sample_(example);
    } catch (const Error& error) {
      throw Error(name + ": " + error.what());
    }
  }

 private:
  TfRecordFile file_;
  std::function<Sample(const TfExample&)> to_sample_;
};

}  // namespace

const TfFeature& TfExample::at(const std::string& name) const {
  const auto found = features.find(name);
  if (found != features.end()) return found->second;
  std::string there;
  for (const auto& [key, value] : features) there += (there.empty() ? "" : ", ") + key;
  throw Error("no feature \"" + name + "\"; there are: " + there);
}

TfExample parse_tf_example(std::string_view bytes, const std::string& name, size_t offset) {
  TfExample out;
  WireReader example(bytes, name, offset);
  while (const auto field = example.next()) {
    if (field->number != kFeatures) continue;
    WireReader features = example.inner(*field);
    while (const auto entry = features.next())
      if (entry->number == kFeature) read_entry(features.inner(*entry), out);
  }
  return out;
}

std::string tf_example_bytes(const TfExample& example) {
  WireWriter features;
  for (const auto& [key, feature] : example.features)
    features.message(kFeature,
                     WireWriter().bytes(kKey, key).message(kValue, written_list(feature)));
  return WireWriter().message(kFeatures, features).bytes();
}

DatasetPtr tf_record_dataset(const std::vector<std::string>& paths,
                             std::function<Sample(const TfExample&)> to_sample) {
  std::vector<DatasetPtr> parts;
  for (const std::string& path : paths)
    parts.push_back(std::make_shared<TfRecordDataset>(path, to_sample));
  return concatenated(std::move(parts));
}

}  // namespace tengen::nn
