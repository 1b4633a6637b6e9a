/* Between the types of the SDK and those of the generated bindings. Private to the component. */
#ifndef RAK_SRC_COMPONENT_CONVERT_H
#define RAK_SRC_COMPONENT_CONVERT_H

#include "../../bindings/contract.h"
#include "../context.h"

/* What goes to the host: UTF-8, and nothing in it is copied that need not be. */
contract_string_t to_string(rak_context *cx, rak_str text);
contract_option_string_t to_option_string(rak_context *cx, rak_str text);
rak_agent_common_option_json_t to_option_json(rak_context *cx, rak_str text);
contract_option_u64_t to_option_u64(rak_optional number);
contract_list_string_t to_strings(rak_context *cx, const char *const *texts);
rak_agent_common_content_t to_content(rak_context *cx, const rak_content *content);
rak_agent_common_function_call_t to_call(rak_context *cx, const rak_call *call);
rak_agent_events_event_t to_event(rak_context *cx, const rak_event *event);
rak_agent_common_failure_t to_failure(rak_context *cx, const rak_failure *failure);

/* What comes from the host, and lies in the arena already. */
rak_str from_string(contract_string_t text);
rak_str from_option_string(contract_option_string_t text);
rak_optional from_option_u64(contract_option_u64_t number);
rak_strs from_strings(rak_context *cx, contract_list_string_t texts);
rak_content from_content(rak_context *cx, const rak_agent_common_content_t *content);
rak_call from_call(const rak_agent_common_function_call_t *call);
rak_response from_response(const rak_agent_common_function_response_t *response);
rak_failure from_failure(const rak_agent_common_failure_t *failure);
rak_waitable *from_waitable(rak_context *cx, rak_agent_wait_own_waitable_t handle);

#endif
