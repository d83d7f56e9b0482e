// What the two halves of `answer` share. A request is FIELD NUL VALUE, ended by shutdown; the reply is one digit, 1 for
// taken and 0 for not, then a text.
#define ANSWER_SOCKET "/run/drydock/answer.sock"
#define FIELD_MAX 100
#define VALUE_MAX 500
#define TEXT_MAX 2000
#define REPLY_SECONDS 20
