/* Keeping files, as a component does. */

#include "convert.h"
#include "receive.h"

static rak_artifact_infos from_infos(rak_context *cx, rak_agent_artifacts_list_info_t infos) {
  rak_artifact_info *items = rak_alloc_array(cx, infos.len, sizeof *items);
  for (size_t i = 0; i < infos.len; i++) {
    const rak_agent_artifacts_info_t *info = &infos.ptr[i];
    items[i] = (rak_artifact_info){
        .name = from_string(info->name),
        .version = info->version,
        .mime_type = from_string(info->mime_type),
        .size = info->size,
        .created_at_ms = info->created_at_ms,
        .extra = info->extra.is_some ? from_string(info->extra.val) : RAK_NO_STR,
    };
  }
  return (rak_artifact_infos){items, infos.len};
}

/* Where the number is, as the bindings want it; NULL where none is named. No version has another number. */
static uint32_t *maybe(rak_optional version, uint32_t *number) {
  *number = version.value > UINT32_MAX ? UINT32_MAX : (uint32_t)version.value;
  return version.is_some ? number : NULL;
}

rak_status rak_save_artifact(rak_context *cx, rak_str name, rak_blob content, uint32_t *version) {
  contract_string_t called = to_string(cx, name);
  /* The bindings have no const; they do not write. */
  rak_agent_artifacts_blob_t blob = {to_string(cx, content.mime_type),
                                     {(uint8_t *)content.data.ptr, content.data.len}};
  rak_agent_common_failure_t failure;
  uint32_t number;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_artifacts_save(&called, &blob, &number, &failure), &failure));
  if (version != NULL) {
    *version = number;
  }
  return RAK_OK;
}

rak_status rak_load_artifact(rak_context *cx, rak_str name, rak_optional version, const rak_blob **content) {
  contract_string_t called = to_string(cx, name);
  uint32_t number;
  rak_agent_artifacts_option_blob_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  const bool ok = rak_agent_artifacts_load(&called, maybe(version, &number), &out, &failure);
  RAK_TRY(rak_received(cx, ok, &failure));
  *content = NULL;
  if (out.is_some) {
    rak_blob *blob = rak_alloc(cx, sizeof *blob);
    *blob = (rak_blob){from_string(out.val.mime_type), {out.val.data.ptr, out.val.data.len}};
    *content = blob;
  }
  return RAK_OK;
}

rak_status rak_read_artifact(rak_context *cx, rak_str name, uint32_t version, uint64_t offset, uint32_t max,
                             rak_bytes *piece) {
  contract_string_t called = to_string(cx, name);
  contract_list_u8_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  const bool ok = rak_agent_artifacts_read(&called, version, offset, max, &out, &failure);
  RAK_TRY(rak_received(cx, ok, &failure));
  *piece = (rak_bytes){out.ptr, out.len};
  return RAK_OK;
}

rak_status rak_list_artifacts(rak_context *cx, rak_str prefix, rak_artifact_infos *infos) {
  contract_string_t beginning = to_string(cx, prefix);
  rak_agent_artifacts_list_info_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_artifacts_available(&beginning, &out, &failure), &failure));
  *infos = from_infos(cx, out);
  return RAK_OK;
}

rak_status rak_artifact_versions(rak_context *cx, rak_str name, rak_artifact_infos *infos) {
  contract_string_t called = to_string(cx, name);
  rak_agent_artifacts_list_info_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_artifacts_versions(&called, &out, &failure), &failure));
  *infos = from_infos(cx, out);
  return RAK_OK;
}

rak_status rak_remove_artifact(rak_context *cx, rak_str name, rak_optional version, bool *removed) {
  contract_string_t called = to_string(cx, name);
  uint32_t number;
  bool there;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  const bool ok = rak_agent_artifacts_remove(&called, maybe(version, &number), &there, &failure);
  RAK_TRY(rak_received(cx, ok, &failure));
  if (removed != NULL) {
    *removed = there;
  }
  return RAK_OK;
}
