/* Keeping files. */

#include "behaviours.h"

static rak_blob plain(rak_str text) {
  return (rak_blob){RAK_STR("text/plain"), rak_text_blob(text).data};
}

static rak_status answer_blob(rak_context *cx, const rak_blob *blob) {
  if (blob == NULL) {
    return rak_answer(cx, "none");
  }
  return rak_answer(cx, "%s %.*s", blob->mime_type.ptr, RAK_ARG(rak_blob_text(blob)));
}

rak_status do_artifact(rak_context *cx, const call *call) {
  uint32_t version;
  RAK_TRY(rak_save_artifact(cx, RAK_STR("notes/today.txt"), plain(call->argument), &version));
  return rak_answer(cx, "%u", version);
}

rak_status do_artifact_load(rak_context *cx, const call *call) {
  const rak_blob *blob;
  RAK_TRY(rak_load_artifact(cx, call->argument, RAK_NONE, &blob));
  return answer_blob(cx, blob);
}

rak_status do_artifact_version(rak_context *cx, const call *asked) {
  rak_str name, version;
  uint64_t number;
  const rak_blob *blob;
  rak_cut(asked->argument, ' ', &name, &version);
  RAK_TRY(number_of(cx, &(call){asked->input, version}, &number));
  RAK_TRY(rak_load_artifact(cx, name, RAK_SOME(number), &blob));
  return answer_blob(cx, blob);
}

rak_status do_artifact_bytes(rak_context *cx, const call *call) {
  (void)call;
  static const uint8_t data[] = {0x00, 0x01, 0xfe, 0xff};
  const rak_str name = RAK_STR("user:raw.bin");
  const rak_blob raw = {RAK_STR("application/octet-stream"), {data, sizeof data}};
  const rak_blob *loaded;
  RAK_TRY(rak_save_artifact(cx, name, raw, NULL));
  RAK_TRY(rak_load_artifact(cx, name, RAK_NONE, &loaded));
  if (loaded == NULL) {
    return rak_fail(cx, RAK_NOT_FOUND, "what was saved is not there");
  }
  rak_builder text = rak_builder_of(cx);
  for (size_t i = 0; i < loaded->data.len; i++) {
    rak_appendf(&text, "%02x", loaded->data.ptr[i]);
  }
  return rak_answer_str(cx, rak_built(&text));
}

rak_status do_artifact_pieces(rak_context *cx, const call *call) {
  (void)call;
  const rak_str name = RAK_STR("long.txt");
  uint32_t version;
  RAK_TRY(rak_save_artifact(cx, name, plain(RAK_STR("one two three")), &version));
  rak_builder all = rak_builder_of(cx);
  rak_bytes piece;
  uint64_t offset = 0;
  do {
    RAK_TRY(rak_read_artifact(cx, name, version, offset, 5, &piece));
    if (piece.len > 0) {
      rak_appendf(&all, "%s%.*s", offset == 0 ? "" : "|", (int)piece.len, (const char *)piece.ptr);
    }
    offset += piece.len;
  } while (piece.len > 0);
  return rak_answer_str(cx, rak_built(&all));
}

rak_status do_artifacts(rak_context *cx, const call *call) {
  rak_artifact_infos infos;
  RAK_TRY(rak_list_artifacts(cx, call->argument, &infos));
  rak_builder all = rak_builder_of(cx);
  for (size_t i = 0; i < infos.count; i++) {
    const rak_artifact_info *info = &infos.items[i];
    rak_appendf(&all, "%s%s@%u:%llu", i == 0 ? "" : ",", info->name.ptr, info->version,
                (unsigned long long)info->size);
  }
  return rak_answer_str(cx, rak_built(&all));
}

rak_status do_artifact_versions(rak_context *cx, const call *call) {
  rak_artifact_infos infos;
  RAK_TRY(rak_artifact_versions(cx, call->argument, &infos));
  rak_builder all = rak_builder_of(cx);
  for (size_t i = 0; i < infos.count; i++) {
    rak_appendf(&all, "%s%u", i == 0 ? "" : ",", infos.items[i].version);
  }
  return rak_answer_str(cx, rak_built(&all));
}

rak_status do_artifact_remove(rak_context *cx, const call *call) {
  bool removed;
  RAK_TRY(rak_remove_artifact(cx, call->argument, RAK_NONE, &removed));
  return rak_answer(cx, "%s", removed ? "true" : "false");
}

rak_status do_artifact_fails(rak_context *cx, const call *call) {
  return answer_failure(cx, rak_save_artifact(cx, call->argument, plain(RAK_STR("x")), NULL));
}
