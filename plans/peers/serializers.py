from rest_framework import serializers

from plans.guidelines.models import STEP_NAMES

WHY = [("weak", "weak"), ("not_assessed", "not_assessed")]


class PeerConsentSerializer(serializers.Serializer):
    findable = serializers.BooleanField(help_text="False until the coordinator says otherwise.")
    since = serializers.DateTimeField(allow_null=True)


class SuggestedPeerSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    step = serializers.IntegerField(help_text="5 or 6, of its latest self assessment.")
    step_name = serializers.ChoiceField(choices=STEP_NAMES)
    assessed_on = serializers.DateField()


class SuggestionSerializer(serializers.Serializer):
    """A guideline where the city is weak."""

    guideline_number = serializers.IntegerField()
    guideline_title = serializers.CharField()
    why = serializers.ChoiceField(choices=WHY)
    step = serializers.IntegerField(allow_null=True, help_text="Own step, 0 to 2; null: not assessed.")
    step_name = serializers.ChoiceField(choices=STEP_NAMES, allow_null=True)
    peers = SuggestedPeerSerializer(
        many=True, help_text="Cities that want to be found, by slug: they are not ranked."
    )


class SuggestedPeersSerializer(serializers.Serializer):
    results = SuggestionSerializer(many=True)
