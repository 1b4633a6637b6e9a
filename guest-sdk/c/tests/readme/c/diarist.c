#include <rak.h>

static rak_status run(rak_context *cx, const rak_content *input) {
  /* The user's, in all their sessions with this agent. Without `user:` it would be this session's. */
  const rak_str name = RAK_STR("user:diary.md"), entry = rak_text(cx, input);
  const rak_blob *diary;
  RAK_TRY(rak_load_artifact(cx, name, RAK_NONE, &diary));
  const rak_str before = diary == NULL ? RAK_STR("") : rak_blob_text(diary);
  if (rak_is(entry, "print")) {
    return rak_answer_str(cx, before);
  }
  rak_blob longer = rak_text_blob(rak_printf(cx, "%s- %s\n", before.ptr, entry.ptr));
  longer.mime_type = RAK_STR("text/markdown");
  uint32_t version;
  RAK_TRY(rak_save_artifact(cx, name, longer, &version));
  return rak_answer(cx, "Kept, as version %u.", version);
}

RAK_AGENT(.name = "diarist", .description = "Keeps a diary.", .version = "0.1.0", .run = run);
