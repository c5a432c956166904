package workbook

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFromLocale(t *testing.T) {
	for _, c := range []struct {
		all, messages, lang string
		want                Edition
	}{
		{want: English},
		{lang: "ko", want: Korean},
		{lang: "ko_KR.UTF-8", want: Korean},
		{lang: "ko.UTF-8@x", want: Korean},
		{lang: "kok_IN", want: English}, // Konkani
		{lang: "fr_FR", want: English},
		{messages: "ko_KR", lang: "de_DE", want: Korean},
		{messages: "en_GB", lang: "ko_KR", want: English},
		{all: "C", messages: "ko_KR", lang: "ko_KR", want: English},
		{all: "ko_KR.UTF-8", messages: "C", lang: "C", want: Korean},
	} {
		environment := map[string]string{"LC_ALL": c.all, "LC_MESSAGES": c.messages, "LANG": c.lang, "LANGUAGE": "ko"}
		assert.Equal(t, c.want, FromLocale(func(name string) string { return environment[name] }), "%+v", c)
	}
}
