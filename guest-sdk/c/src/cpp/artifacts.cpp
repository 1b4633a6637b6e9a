// Keeping files.

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

namespace {

Result<std::vector<ArtifactInfo>> infos_of(rak_context* raw, rak_status status, const rak_artifact_infos& infos) {
  if (status != RAK_OK) return detail::failure_of(raw, status);
  std::vector<ArtifactInfo> all;
  for (std::size_t i = 0; i < infos.count; ++i) {
    const rak_artifact_info& info = infos.items[i];
    const std::chrono::milliseconds since_1970(info.created_at_ms);
    all.push_back({
        .name = to_cpp(info.name),
        .version = info.version,
        .mime_type = to_cpp(info.mime_type),
        .size = info.size,
        .created_at = std::chrono::sys_time<std::chrono::milliseconds>(since_1970),
        .extra = detail::to_cpp_optional_json(info.extra),
    });
  }
  return all;
}

rak_optional number_of(std::optional<std::uint32_t> version) { return {version.has_value(), version.value_or(0)}; }

}  // namespace

Result<std::uint32_t> Artifacts::save(std::string_view name, const Blob& content) const {
  const detail::Frame frame(raw_);
  std::uint32_t version;
  const rak_status status = rak_save_artifact(raw_, to_c(name), to_c(content), &version);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return version;
}

Result<std::optional<Blob>> Artifacts::load(std::string_view name, std::optional<std::uint32_t> version) const {
  const detail::Frame frame(raw_);
  const rak_blob* content;
  const rak_status status = rak_load_artifact(raw_, to_c(name), number_of(version), &content);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return content ? std::optional(to_cpp(*content)) : std::nullopt;
}

Result<std::string> Artifacts::read(std::string_view name, std::uint32_t version, std::uint64_t offset,
                                    std::uint32_t max) const {
  const detail::Frame frame(raw_);
  rak_bytes piece;
  const rak_status status = rak_read_artifact(raw_, to_c(name), version, offset, max, &piece);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return to_cpp(piece);
}

Pieces Artifacts::pieces(std::string_view name, std::uint32_t version, std::uint32_t max) const {
  return Pieces([all = *this, name = std::string(name), version, max, offset = std::uint64_t{0}]() mutable {
    Result<std::string> piece = all.read(name, version, offset, max);
    if (piece) offset += piece->size();
    return piece;
  });
}

Result<std::vector<ArtifactInfo>> Artifacts::list(std::string_view prefix) const {
  const detail::Frame frame(raw_);
  rak_artifact_infos infos;
  const rak_status status = rak_list_artifacts(raw_, to_c(prefix), &infos);
  return infos_of(raw_, status, infos);
}

Result<std::vector<ArtifactInfo>> Artifacts::versions(std::string_view name) const {
  const detail::Frame frame(raw_);
  rak_artifact_infos infos;
  const rak_status status = rak_artifact_versions(raw_, to_c(name), &infos);
  return infos_of(raw_, status, infos);
}

Result<bool> Artifacts::remove(std::string_view name, std::optional<std::uint32_t> version) const {
  const detail::Frame frame(raw_);
  bool removed;
  const rak_status status = rak_remove_artifact(raw_, to_c(name), number_of(version), &removed);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return removed;
}

}  // namespace rak
