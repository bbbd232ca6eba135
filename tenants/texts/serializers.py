from rest_framework import serializers


class UntranslatedSerializer(serializers.Serializer):
    """A row that lacks a language."""

    thing = serializers.CharField(help_text="What kind of row: action, indicator, ...")
    id = serializers.UUIDField(help_text="The id of the row.")
    row_version = serializers.IntegerField(help_text="For a bulk request that translates it.")
    texts = serializers.DictField(
        child=serializers.CharField(),
        help_text="What to translate, by field, in the working language.",
    )


class UntranslatedPageSerializer(serializers.Serializer):
    """A page of what is not translated yet."""

    language = serializers.CharField(help_text="The language that is lacking.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField(required=False, help_text="Of all such rows; only with ?count=true.")
    results = UntranslatedSerializer(many=True)
