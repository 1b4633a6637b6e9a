/* Artifacts under test: files in memory, with their versions. */

#include "fake.h"

/* The longest name of the host, in bytes, prefix included. */
enum { MAX_NAME_BYTES = 255 };
/* The longest type of the host, in bytes. */
enum { MAX_MIME_TYPE_BYTES = 127 };
/* What the names of a user's files begin with. */
#define USER RAK_STR("user:")

static rak_test_version *versions_of(const fake_list *files) {
  return files->items;
}

/* How many versions of the name there were. */
static uint32_t newest_of(const fake_list *files, rak_str name) {
  uint32_t newest = 0;
  for (size_t i = 0; i < files->count; i++) {
    newest += rak_equal(versions_of(files)[i].name, name);
  }
  return newest;
}

/* The versions stand by their names, and of one name in their order. */
static uint32_t add(fake_list *files, rak_context *keep, rak_str name, rak_blob content, uint64_t at_ms) {
  const uint32_t version = newest_of(files, name) + 1;
  const rak_test_version added = {
      .name = rak_copy(keep, name),
      .version = version,
      .content = fake_copy_blob(keep, content),
      .created_at_ms = at_ms,
  };
  *(rak_test_version *)fake_list_insert(files, keep, sizeof added, name) = added;
  return version;
}

void rak_fake_artifact(rak_fake_host *host, const char *name, rak_blob content) {
  add(&host->files, &host->keep, rak_str_of(name), content, 0);
}

fake_list fake_copy_files(rak_context *cx, const rak_test_version *files, size_t count) {
  fake_list copy = {0};
  for (size_t i = 0; i < count; i++) {
    rak_test_version *added = fake_list_add(&copy, cx, sizeof *added);
    *added = files[i];
    added->name = rak_copy(cx, files[i].name);
    added->content = fake_copy_blob(cx, files[i].content);
  }
  return copy;
}

void rak_fake_artifacts_after(rak_fake_host *host, const rak_test_run *run) {
  host->files = fake_copy_files(&host->keep, run->artifacts, run->artifact_count);
}

void rak_fake_without_artifacts(rak_fake_host *host) {
  host->denies_artifacts = true;
}

const rak_blob *rak_test_artifact(const rak_test_run *run, const char *name) {
  const rak_blob *newest = NULL;
  for (size_t i = 0; i < run->artifact_count; i++) {
    const rak_test_version *version = &run->artifacts[i];
    if (!version->removed && rak_is(version->name, name)) {
      newest = &version->content;
    }
  }
  return newest;
}

/* What every call does first. */
static rak_status gate(rak_context *cx) {
  RAK_TRY(fake_gate(cx));
  if (cx->fake->host->denies_artifacts) {
    return rak_fail(cx, RAK_DENIED, "the agent's manifest grants no artifacts");
  }
  return RAK_OK;
}

/* Whether the part of a name would do as the name of a file. */
static bool is_usable(rak_str part) {
  for (size_t i = 0; i < part.len; i++) {
    const unsigned char byte = (unsigned char)part.ptr[i];
    /* Control characters, of which those above 0x7f begin with 0xc2. */
    const bool high = byte == 0xc2 && i + 1 < part.len && (unsigned char)part.ptr[i + 1] < 0xa0;
    if (byte < 0x20 || byte == 0x7f || byte == '\\' || high) {
      return false;
    }
  }
  return part.len > 0 && !rak_is(part, ".") && !rak_is(part, "..");
}

static rak_status check_name(rak_context *cx, rak_str name) {
  const size_t prefix = rak_starts_with(name, USER) ? USER.len : 0;
  rak_str rest = {name.ptr + prefix, name.len - prefix}, part;
  if (rest.len == 0) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "an artifact needs a name");
  }
  if (name.len > MAX_NAME_BYTES) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "the name of an artifact has %zu bytes; %d are allowed", name.len,
                    MAX_NAME_BYTES);
  }
  bool usable = true, more = true;
  while (usable && more) {
    more = rak_cut(rest, '/', &part, &rest);
    usable = is_usable(part);
  }
  if (!usable) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT,
                    "\"%.*s\" cannot be the name of an artifact: it has no control characters and no \\, and its parts "
                    "are neither empty nor . nor ..",
                    RAK_ARG(name));
  }
  return RAK_OK;
}

static rak_status check_mime_type(rak_context *cx, rak_str mime_type) {
  rak_str kind, rest;
  bool usable = mime_type.len <= MAX_MIME_TYPE_BYTES && rak_cut(mime_type, '/', &kind, &rest) && kind.len > 0 &&
                rest.len > 0;
  for (size_t i = 0; i < mime_type.len; i++) {
    usable = usable && mime_type.ptr[i] >= ' ' && mime_type.ptr[i] <= '~';
  }
  if (!usable) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "\"%.*s\" is not the type of a file: write one as text/plain or image/png",
                    RAK_ARG(mime_type));
  }
  return RAK_OK;
}

static rak_status gate_name(rak_context *cx, rak_str name) {
  RAK_TRY(gate(cx));
  return check_name(cx, name);
}

rak_status rak_save_artifact(rak_context *cx, rak_str name, rak_blob content, uint32_t *version) {
  RAK_TRY(gate_name(cx, name));
  RAK_TRY(check_mime_type(cx, content.mime_type));
  fake_run *run = cx->fake;
  const uint32_t number = add(&run->files, &run->keep, name, content, run->clock.now_ms);
  if (version != NULL) {
    *version = number;
  }
  return RAK_OK;
}

/* A version that is there, the newest where none is named; else NULL. */
static const rak_test_version *find(rak_context *cx, rak_str name, rak_optional version) {
  const fake_list *files = &cx->fake->files;
  const rak_test_version *found = NULL;
  for (size_t i = 0; i < files->count; i++) {
    const rak_test_version *one = &versions_of(files)[i];
    const bool meant = !version.is_some || one->version == version.value;
    if (meant && !one->removed && rak_equal(one->name, name)) {
      found = one;
    }
  }
  return found;
}

rak_status rak_load_artifact(rak_context *cx, rak_str name, rak_optional version, const rak_blob **content) {
  RAK_TRY(gate_name(cx, name));
  const rak_test_version *found = find(cx, name, version);
  *content = NULL;
  if (found != NULL) {
    rak_blob *copy = rak_alloc(cx, sizeof *copy);
    *copy = fake_copy_blob(cx, found->content);
    *content = copy;
  }
  return RAK_OK;
}

rak_status rak_read_artifact(rak_context *cx, rak_str name, uint32_t version, uint64_t offset, uint32_t max,
                             rak_bytes *piece) {
  RAK_TRY(gate_name(cx, name));
  const rak_test_version *found = find(cx, name, RAK_SOME(version));
  if (found == NULL) {
    return rak_fail(cx, RAK_NOT_FOUND, "the artifact %.*s has no version %u (any more)", RAK_ARG(name), version);
  }
  const rak_bytes data = found->content.data;
  const size_t from = offset < data.len ? (size_t)offset : data.len;
  const size_t rest = data.len - from;
  const rak_str copy = rak_copy(cx, (rak_str){(const char *)data.ptr + from, rest < max ? rest : max});
  *piece = (rak_bytes){(const uint8_t *)copy.ptr, copy.len};
  return RAK_OK;
}

static rak_artifact_info info_of(rak_context *cx, const rak_test_version *version) {
  return (rak_artifact_info){
      .name = rak_copy(cx, version->name),
      .version = version->version,
      .mime_type = rak_copy(cx, version->content.mime_type),
      .size = version->content.data.len,
      .created_at_ms = version->created_at_ms,
  };
}

rak_status rak_list_artifacts(rak_context *cx, rak_str prefix, rak_artifact_infos *infos) {
  RAK_TRY(gate(cx));
  const fake_list *files = &cx->fake->files;
  rak_artifact_info *items = rak_alloc_array(cx, files->count, sizeof *items);
  size_t count = 0;
  for (size_t i = 0; i < files->count; i++) {
    const rak_test_version *version = &versions_of(files)[i];
    if (version == find(cx, version->name, RAK_NONE) && rak_starts_with(version->name, prefix)) {
      items[count++] = info_of(cx, version);
    }
  }
  *infos = (rak_artifact_infos){items, count};
  return RAK_OK;
}

rak_status rak_artifact_versions(rak_context *cx, rak_str name, rak_artifact_infos *infos) {
  RAK_TRY(gate_name(cx, name));
  const fake_list *files = &cx->fake->files;
  rak_artifact_info *items = rak_alloc_array(cx, files->count, sizeof *items);
  size_t count = 0;
  for (size_t i = files->count; i > 0; i--) {
    const rak_test_version *version = &versions_of(files)[i - 1];
    if (!version->removed && rak_equal(version->name, name)) {
      items[count++] = info_of(cx, version);
    }
  }
  *infos = (rak_artifact_infos){items, count};
  return RAK_OK;
}

rak_status rak_remove_artifact(rak_context *cx, rak_str name, rak_optional version, bool *removed) {
  RAK_TRY(gate_name(cx, name));
  const fake_list *files = &cx->fake->files;
  bool there = false;
  for (size_t i = 0; i < files->count; i++) {
    rak_test_version *one = &versions_of(files)[i];
    const bool meant = !version.is_some || one->version == version.value;
    if (meant && !one->removed && rak_equal(one->name, name)) {
      one->removed = there = true;
    }
  }
  if (removed != NULL) {
    *removed = there;
  }
  return RAK_OK;
}

void fake_finish_artifacts(fake_run *run) {
  run->result.artifacts = run->files.items;
  run->result.artifact_count = run->files.count;
}
